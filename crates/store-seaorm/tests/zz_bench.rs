#![expect(clippy::all, reason="temporary")]
use parlour_store_contract::fixture::*;
use parlour_store_seaorm::SqlStore;
use parlour_domain::port::*;
use std::time::Instant;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bench() {
    let base = std::env::var("BENCH_DIR").unwrap_or("/tmp".into());
    let dir = tempfile::tempdir_in(&base).unwrap();
    let url = std::env::var("BENCH_URL").unwrap_or_else(|_| format!("sqlite://{}/p.db", dir.path().display()));
    let store = SqlStore::connect(&url).await.unwrap();
    let users: Vec<_> = (0..200).map(|_| user()).collect();
    for u in &users { store.insert_user(u.clone()).await; }
    let s = session(&users[0], at(0));
    SessionRepo::insert(&store, s.clone()).await.unwrap();
    for n in [1usize, 16, 64] {
        let per = 600 / n;
        let t = Instant::now();
        let tasks: Vec<_> = (0..n).map(|_| { let store = store.clone(); tokio::spawn(async move {
            for _ in 0..per { let [a, b] = people(); let c = Creation::direct(&a,&b).commit(); store.commit(c).await.unwrap(); }
        })}).collect();
        for t in tasks { t.await.unwrap(); }
        let e = t.elapsed();
        println!("create direct, {n} clients: {:.0}/s, {:.3} ms each", (per*n) as f64 / e.as_secs_f64(), e.as_secs_f64()*1e3/(per*n) as f64);
    }
    // same people
    let t = Instant::now();
    for i in 0..300usize { let c = Creation::group(&users[i%200], &[users[(i+1)%200].clone()]).commit(); store.commit(c).await.unwrap(); }
    println!("create group of 2 of known people: {:.3} ms", t.elapsed().as_secs_f64()*1e3/300.0);
    let t = Instant::now();
    for _ in 0..1000 { store.find_by_token(&s.token_hash).await.unwrap().unwrap(); }
    println!("find_by_token: {:.1} us", t.elapsed().as_secs_f64()*1e3);
    let t = Instant::now();
    for i in 0..1000usize { assert_eq!(store.find_many(&[users[i%200].id, users[(i+1)%200].id]).await.unwrap().len(), 2); }
    println!("find_many 2: {:.1} us", t.elapsed().as_secs_f64()*1e3);
    let t = Instant::now();
    for i in 0..300usize { store.insert_user(user()).await; let _ = i; }
    println!("insert user: {:.3} ms", t.elapsed().as_secs_f64()*1e3/300.0);
    let _ = Arc::new(0);
}
trait X { async fn insert_user(&self, u: parlour_domain::User); }
impl X for SqlStore { async fn insert_user(&self, u: parlour_domain::User) { UserRepo::insert(self, u).await.unwrap() } }
