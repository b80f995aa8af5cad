//! Every store answers like the memory store: generated scripts are performed on both, and whatever can be seen of them
//! is compared.
//!
//! A script is a sequence of operations: use cases, calls that only a store has to answer, the passing of time,
//! restarts, and races. The clock, the ids and the secrets are the same for both, so that answers are compared value by
//! value; errors are compared by what they mean to the caller. The outcome of a race has to be that of the same calls
//! one by one in some order, and the model goes on from there.
//!
//! What differs is told by the shortest script that shows it. On a SQLite store that forgets entries exactly as old as
//! the cut-off, too:
//!
//! ```text
//! sqlite differs from the model
//!    1. user 3 creates a group with [user 1]
//!    2. clock: +1 µs
//!    3. the newest creation is asked for again
//!    4. user 1 creates a direct room with user 2
//!    5. store: forget entries before now
//! after step 5: the answer
//!    model: 2
//!    store: 3
//! ```
//!
//! Every run tries other scripts: chance finds what a fixed list would not, and the seed that is printed brings a run
//! back. A script that failed is tried first from then on, see `regressions.txt` beside this file; such a file is
//! committed with the repair of what it found.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what fails here fails the test")]

mod answer;
mod compare;
mod difference;
mod engine;
mod model;
mod operation;
mod script;
mod sight;
mod stage;

use std::time::Instant;

use parlour_tests::Random;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};

use compare::compare;
use engine::Engine;
use script::Scripts;

const OPERATIONS: usize = 64;

/// How many scripts are tried: those that `PARLOUR_SEQUENCES` says, or two dozen.
fn sequences() -> u32 {
    std::env::var("PARLOUR_SEQUENCES").map_or(24, |text| text.parse().unwrap())
}

fn differ<E: Engine>(engine: &str) {
    let (seed, sequences) = (Random::seed(), sequences());
    println!("{engine}: {sequences} sequences of {OPERATIONS} operations; PARLOUR_TEST_SEED={seed} repeats them");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let store = std::cell::RefCell::new(runtime.block_on(E::start()));
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/regressions.txt");
    let mut runner = TestRunner::new(Config {
        cases: sequences,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
        max_shrink_iters: 2_000,
        ..Config::default()
    });
    let begun = Instant::now();
    let verdict = runner.run(&Scripts { length: OPERATIONS }, |script| {
        let compared = runtime.block_on(compare(&mut *store.borrow_mut(), &script));
        compared.map_err(TestCaseError::fail)
    });
    runtime.block_on(store.into_inner().stop());
    println!("{engine}: {:.1} s", begun.elapsed().as_secs_f64());
    match verdict {
        Ok(()) => {}
        Err(TestError::Fail(why, script)) => panic!("{engine} differs from the model\n{script:?}{why}\n"),
        Err(TestError::Abort(why)) => panic!("{engine}: {why}"),
    }
}

#[test]
fn sqlite_answers_like_the_memory_store() {
    differ::<engine::sqlite::Sqlite>("sqlite");
}

#[test]
fn surrealdb_in_memory_answers_like_the_memory_store() {
    differ::<engine::surrealdb::InMemory>("surreal-mem");
}

#[test]
fn surrealdb_on_disk_answers_like_the_memory_store() {
    differ::<engine::surrealdb::OnDisk<engine::surrealdb::SurrealKv>>("surrealkv");
}

#[cfg(feature = "rocksdb")]
#[test]
fn rocksdb_answers_like_the_memory_store() {
    differ::<engine::surrealdb::OnDisk<engine::surrealdb::RocksDb>>("rocksdb");
}

#[test]
fn a_surrealdb_server_answers_like_the_memory_store() {
    differ::<engine::surrealdb_server::Remote>("surrealdb server");
}

#[cfg(feature = "server-tests")]
#[test]
fn postgres_answers_like_the_memory_store() {
    differ::<engine::server::Server<engine::server::Postgres>>("postgres");
}

#[cfg(feature = "server-tests")]
#[test]
fn mysql_answers_like_the_memory_store() {
    differ::<engine::server::Server<engine::server::MySql>>("mysql");
}
