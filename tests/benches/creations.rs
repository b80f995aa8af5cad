//! What a creation costs on the default wiring, beside what its engine needs by itself; a report, not a test.
//!
//! `cargo bench -p parlour-tests --bench creations` prints, for 1 and for 64 clients, durable writes per second of the
//! bare engine (three small records, and the seven that a direct room is, each time in one synced transaction) and rooms
//! per second over HTTP.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use parlour_tests::{Client, Installation};
use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::local::{Db, SurrealKv};
use uuid::Uuid;

const CLIENTS: [usize; 2] = [1, 64];
const PEOPLE: usize = 256;
/// About what `room_created` takes for two people.
const EVENT_BYTES: usize = 600;
const SCHEMA: &str = include_str!("../../crates/store-surrealdb/src/schema/1_users_and_rooms.surql");
const THREE: &str = "BEGIN; CREATE type::record('one', $a) SET n = 1; CREATE type::record('two', $b) SET n = 1;
    CREATE type::record('three', $c) SET n = 1; COMMIT;";
/// The records of a direct room, as the store keeps them.
const SEVEN: &str = "BEGIN; CREATE type::record('applied_commit', $a); CREATE type::record('direct', [$b, $c]) SET room = type::record('room', $d);
    CREATE type::record('member', [$b, -1, $d]) SET room = type::record('room', $d);
    CREATE type::record('member', [$c, -1, $d]) SET room = type::record('room', $d);
    CREATE type::record('room', $d) SET kind = 'direct', people = [[$b, 'owner', 1], [$c, 'member', 1]], created_by = $b,
        created_at = 1, updated_at = 1, revision = 1;
    CREATE type::record('inbox', [$b, -1]) SET at = 1, event = $event;
    CREATE type::record('inbox', [$c, -1]) SET at = 1, event = $event; COMMIT;";
const SPAN: Duration = Duration::from_secs(5);

fn main() -> anyhow::Result<()> {
    const DEEP_ENOUGH_FOR_SURREALDB: usize = 10 << 20;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(DEEP_ENOUGH_FOR_SURREALDB)
        .build()?;
    runtime.block_on(async {
        tokio::spawn(measure_engine()).await??;
        measure_server().await
    })
}

async fn measure_engine() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let url = format!("{}?sync=every", directory.path().join("raw").display());
    let engine: Surreal<Db> = Surreal::new::<SurrealKv>(url).await?;
    engine.use_ns("bench").use_db("bench").await?;
    for (what, text) in [("engine alone, 3 records", THREE), ("engine alone, 7 records", SEVEN)] {
        if text == SEVEN {
            engine.query(SCHEMA).await?.check()?;
        }
        for clients in CLIENTS {
            let writes = AtomicU64::new(0);
            let begun = Instant::now();
            let write_on = async || {
                while begun.elapsed() < SPAN {
                    let mut query =
                        engine.query(text).bind(("event", surrealdb::types::Bytes::from(vec![7; EVENT_BYTES])));
                    for name in ["a", "b", "c", "d"] {
                        query = query.bind((name, new_key()));
                    }
                    query.await?.check()?;
                    writes.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            };
            try_join_all((0..clients).map(|_| write_on())).await?;
            report(what, clients, writes.into_inner(), begun.elapsed());
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no ports")]
fn new_key() -> surrealdb::types::Uuid {
    Uuid::now_v7().into()
}

async fn measure_server() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let server = installation.start().await?;
    let mut people = Vec::with_capacity(PEOPLE);
    for n in 0..PEOPLE {
        people.push(installation.register(&format!("person{n}"), "Somebody").await?);
    }
    let clients: Vec<Client> = people.iter().map(|person| server.client(person)).collect();
    for client in &clients {
        client.get("/rooms").await?;
    }
    let mut pairs = (0..PEOPLE).flat_map(|high| (0..high).map(move |low| (high, low)));
    for at_once in CLIENTS {
        let next = Mutex::new(&mut pairs);
        let rooms = AtomicU64::new(0);
        let begun = Instant::now();
        let create_on = async || {
            while begun.elapsed() < SPAN {
                let pair = next.lock().map_err(|_| anyhow::anyhow!("a client panicked"))?.next();
                let Some((creator, peer)) = pair else { break };
                let body = json!({ "participant_id": people[peer].id });
                clients[creator].create_room(&body).await?.expect(201)?;
                rooms.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        };
        try_join_all((0..at_once).map(|_| create_on())).await?;
        report("direct rooms over HTTP", at_once, rooms.into_inner(), begun.elapsed());
    }
    Ok(())
}

fn report(what: &str, clients: usize, done: u64, took: Duration) {
    let rate = done as f64 / took.as_secs_f64();
    println!("{what:<28} {clients:>3} clients {rate:>8.0}/s");
}
