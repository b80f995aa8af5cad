use surrealdb::{Surreal, engine::local::{Db, Mem, SurrealKv}, types::*};
use std::time::Instant;
async fn q(db: &Surreal<Db>, text: &str) {
    match db.query(text.to_owned()).await {
        Err(e) => println!("Q {text}\n  ERR {e:?}"),
        Ok(mut r) => {
            println!("Q {text}");
            for (i, e) in r.take_errors() { println!("  err[{i}] {} {:?}", e, e.details()); }
            for i in 0..r.num_statements() { if let Ok(v) = r.take::<Value>(i) { println!("  [{i}] {}", v.to_sql()); } }
        }
    }
}
fn main() {
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(10<<20).build().unwrap();
    rt.block_on(async {
        let dir = std::env::args().nth(1).unwrap();
        let t = Instant::now();
        let db: Surreal<Db> = if dir == "mem" { Surreal::new::<Mem>(()).await.unwrap() } else { Surreal::new::<SurrealKv>(dir.as_str()).sync("every").await.unwrap() };
        println!("open {:?}", t.elapsed());
        db.query("DEFINE NAMESPACE IF NOT EXISTS p; USE NS p; DEFINE DATABASE IF NOT EXISTS p;").await.unwrap().check().unwrap();
        db.use_ns("p").use_db("p").await.unwrap();
        println!("use {:?}", t.elapsed());

        db.query("DEFINE TABLE i SCHEMAFULL; DEFINE FIELD e ON i TYPE option<int>; DEFINE TABLE m SCHEMAFULL; DEFINE FIELD room ON m TYPE record; DEFINE FIELD x ON m TYPE option<int>").await.unwrap().check().unwrap();
        for c in 0..20 {
            let rows: Vec<Value> = (0..1000).map(|k| { let mut o = Object::new(); o.insert("id", RecordId::new("i", Array::from(vec![Value::String("u".into()), Value::from_t(-(c*1000+k+1) as i64)]))); Value::Object(o)}).collect();
            db.query("INSERT $rows RETURN NONE").bind(("rows", rows)).await.unwrap().check().unwrap();
        }
        let arr = |n: i64| RecordIdKey::Array(Array::from(vec![Value::String("u".into()), Value::from_t(n)]));
        let range = RecordId::new("i", RecordIdKeyRange{ start: std::ops::Bound::Included(arr(i64::MIN+1)), end: std::ops::Bound::Excluded(arr(0)) });
        let vars = || { let mut v = Variables::new(); v.insert("range", range.clone()); v.insert("u", "u"); v.insert("lo", i64::MIN+1); v.insert("us", vec!["u","v"]); v };
        for text in [
          "SELECT VALUE id FROM i:['u', -9223372036854775807]..['u', 0] LIMIT 1",
          "SELECT VALUE id FROM $range LIMIT 1",
          "SELECT VALUE id FROM ONLY $range LIMIT 1",
          "SELECT VALUE id FROM i:[$u, $lo]..[$u, 0] LIMIT 1",
          "SELECT VALUE id FROM type::record('i', [$u,$lo]..[$u,0]) LIMIT 1",
          "SELECT VALUE id FROM [$range] LIMIT 1",
          "SELECT VALUE id FROM $range WHERE e = NONE LIMIT 1",
          "SELECT VALUE id FROM $range WHERE e = NONE OR e > 5 LIMIT 1",
          "RETURN $us.map(|$u| (SELECT VALUE id FROM ONLY i:[$u, $lo]..[$u,0] LIMIT 1))",
          "RETURN $us.map(|$u| { LET $r = i:[$u, $lo]..[$u,0]; RETURN SELECT VALUE id FROM ONLY $r LIMIT 1 })",
          "RETURN [$range].map(|$r| (SELECT VALUE id FROM ONLY $r LIMIT 1))",
          "SELECT VALUE (SELECT VALUE id FROM ONLY $parent.r LIMIT 1) FROM [{r: $range}]",
          "SELECT VALUE id FROM $range ORDER BY id DESC LIMIT 1",
          "SELECT VALUE id FROM i WHERE id >= i:[$u, $lo] AND id < i:[$u, 0] LIMIT 1",
          "SELECT VALUE id FROM i ORDER BY id DESC LIMIT 1",
          "SELECT VALUE id FROM $range LIMIT 100",
          "SELECT VALUE id FROM $range LIMIT 1000",
          "SELECT VALUE id FROM $range",
        ] {
            for _ in 0..2 {
            let t = Instant::now();
            let mut r = db.query(text).bind(vars()).await.unwrap();
            let e = t.elapsed();
            for (i, e) in r.take_errors() { println!("  err[{i}] {} {:?}", e, e.details()); }
            let v = r.take::<Value>(0).map(|v| { let mut s = v.to_sql(); s.truncate(60); s});
            println!("{e:?} {text} {v:?}");
            }
            let mut r = db.query(format!("EXPLAIN {text}")).bind(vars()).await.unwrap();
            println!("   {:?}", r.take::<Value>(0).map(|v| v.to_sql()));
        }
        println!("total {:?}", t.elapsed());
        let t = Instant::now();
        drop(db);
        while rt_alive() > 0 && t.elapsed().as_secs() < 5 { tokio::time::sleep(std::time::Duration::from_millis(1)).await; }
        println!("closed {:?} alive {}", t.elapsed(), rt_alive());
    });
}
fn rt_alive() -> usize { tokio::runtime::Handle::current().metrics().num_alive_tasks() }
