//! What a creation costs on the default wiring, beside what its engine needs by itself; a report, not a test.
//!
//! `cargo bench -p parlour-tests --bench creations` prints, for 1 and for 64 clients, durable writes per second of the
//! bare engine (three small records in one transaction, synced) and rooms per second over HTTP.

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
    for clients in CLIENTS {
        let writes = AtomicU64::new(0);
        let begun = Instant::now();
        let write_on = async || {
            while begun.elapsed() < SPAN {
                engine
                    .query(
                        "BEGIN; CREATE type::record('room', $a) SET n = 1; CREATE type::record('member', $b) SET n = 1; \
                         CREATE type::record('entry', $c) SET n = 1; COMMIT;",
                    )
                    .bind(("a", new_key()))
                    .bind(("b", new_key()))
                    .bind(("c", new_key()))
                    .await?
                    .check()?;
                writes.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        };
        try_join_all((0..clients).map(|_| write_on())).await?;
        report("engine alone, 3 records", clients, writes.into_inner(), begun.elapsed());
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
