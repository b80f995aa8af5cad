//! What a page of rooms and a creation cost as the rooms become more, on every engine; a report, not a test.
//!
//! `cargo bench -p parlour-tests --bench growth` prints, for each engine, the median and the 95th percentile of
//! `RoomRepo::list_of` (first page of 50) and of creating a direct room, for somebody with ever more rooms; and of
//! creating one between people without rooms, in a store with ever more of them. PostgreSQL and MySQL are measured where
//! `PARLOUR_TEST_POSTGRES` and `PARLOUR_TEST_MYSQL` name a server. Arguments after `--` choose engines by name, and a
//! number limits how many rooms a store gets.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future::try_join_all;
use parlour_domain::User;
use parlour_domain::port::{Committed, RoomRepo};
use parlour_store_contract::fixture::{Creation, at, people, user};
use parlour_store_memory::MemoryStore;
use parlour_store_seaorm::SqlStore;
use parlour_store_surrealdb::SurrealStore;
use sea_orm::ConnectionTrait;

const OF_SOMEBODY: [usize; 4] = [10, 100, 1_000, 10_000];
const IN_THE_STORE: [usize; 3] = [1_000, 10_000, 100_000];
const SAMPLES: usize = 50;
const PAGE: u32 = 50;
/// Commits in flight while a store is filled.
const AT_ONCE: usize = 32;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let most = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(usize::MAX);
    let chosen: Vec<&str> = arguments.iter().filter(|a| a.parse::<usize>().is_err()).map(String::as_str).collect();
    for engine in ["memory", "sqlite", "postgres", "mysql", "surreal-mem", "surrealkv"] {
        if chosen.is_empty() || chosen.contains(&engine) {
            runtime.block_on(measure(engine, most))?;
        }
    }
    Ok(())
}

async fn measure(engine: &str, most: usize) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("rooms");
    match engine {
        "memory" => grow(engine, Arc::new(MemoryStore::new()), most).await,
        "sqlite" => grow(engine, sql(&format!("sqlite://{}", path.display())).await?, most).await,
        "postgres" => grow_on_server(engine, "PARLOUR_TEST_POSTGRES", "postgres", most).await,
        "mysql" => grow_on_server(engine, "PARLOUR_TEST_MYSQL", "mysql", most).await,
        "surreal-mem" => grow(engine, Arc::new(SurrealStore::connect("surreal-mem:").await?), most).await,
        _ => {
            let url = format!("surrealkv://{}", path.display());
            grow(engine, Arc::new(SurrealStore::connect(&url).await?), most).await
        }
    }
}

async fn sql(url: &str) -> anyhow::Result<Arc<dyn RoomRepo>> {
    Ok(Arc::new(SqlStore::connect(url).await?))
}

/// In a database of its own, which goes afterwards.
async fn grow_on_server(engine: &str, variable: &str, first: &str, most: usize) -> anyhow::Result<()> {
    let Ok(server) = std::env::var(variable) else {
        println!("{engine}: {variable} is not set");
        return Ok(());
    };
    let server = server.trim_end_matches('/');
    let name = format!("parlour_growth_{}", std::process::id());
    let raw = sea_orm::Database::connect(format!("{server}/{first}")).await?;
    raw.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let store = SqlStore::connect(&format!("{server}/{name}")).await?;
    let grown = grow(engine, Arc::new(store.clone()), most).await;
    store.close().await;
    raw.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
    grown
}

async fn grow(engine: &str, rooms: Arc<dyn RoomRepo>, most: usize) -> anyhow::Result<()> {
    let mut stored = 0;
    for size in OF_SOMEBODY.into_iter().filter(|size| *size <= most) {
        let somebody = user();
        fill(&rooms, size, &mut stored, || Creation::direct(&somebody, &user())).await?;
        let listed = sample(async || {
            let page = rooms.list_of(somebody.id, at(0), None, PAGE).await?;
            ensure!(page.len() == size.min(PAGE as usize), "a page of {}", page.len());
            Ok(())
        });
        report(engine, "list_of", "of somebody", size, &listed.await?);
        let created = sample(async || create(&*rooms, &somebody, &user()).await);
        report(engine, "create direct", "of somebody", size, &created.await?);
        stored += SAMPLES;
    }
    for size in IN_THE_STORE.into_iter().filter(|size| *size <= most) {
        if size > stored {
            fill(&rooms, size - stored, &mut stored, || Creation::direct(&user(), &user())).await?;
        }
        let created = sample(async || {
            let [one, other] = people();
            create(&*rooms, &one, &other).await
        });
        report(engine, "create direct", "in the store", stored, &created.await?);
        stored += SAMPLES;
    }
    Ok(())
}

async fn fill(
    rooms: &Arc<dyn RoomRepo>,
    count: usize,
    stored: &mut usize,
    creation: impl Fn() -> Creation,
) -> anyhow::Result<()> {
    let commits: Vec<_> = (0..count).map(|_| creation().commit()).collect();
    *stored += count;
    let parts: Vec<_> = commits.chunks(count.div_ceil(AT_ONCE).max(1)).map(<[_]>::to_vec).collect();
    let filling = parts.into_iter().map(|commits| {
        let rooms = Arc::clone(rooms);
        tokio::spawn(async move {
            for commit in commits {
                while rooms.commit(commit.clone()).await.is_err() {}
            }
        })
    });
    try_join_all(filling).await?;
    Ok(())
}

async fn create(rooms: &dyn RoomRepo, one: &User, other: &User) -> anyhow::Result<()> {
    let committed = rooms.commit(Creation::direct(one, other).commit()).await?;
    ensure!(matches!(committed, Committed::Applied(_)), "{committed:?}");
    Ok(())
}

/// How long each of some calls took, the shortest first.
async fn sample(mut call: impl AsyncFnMut() -> anyhow::Result<()>) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        call().await?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

fn report(engine: &str, call: &str, whose: &str, rooms: usize, took: &[Duration]) {
    let milliseconds = |part: usize| took[(took.len() - 1) * part / 100].as_secs_f64() * 1e3;
    let (median, slow) = (milliseconds(50), milliseconds(95));
    println!("{engine:<11} {call:<13} {rooms:>6} rooms {whose:<12} median {median:>8.2} ms  95% {slow:>8.2} ms");
}
