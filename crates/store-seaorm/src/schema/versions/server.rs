//! The same on servers, where several nodes may start at once.

use std::time::Duration;

use sea_orm::{DbBackend, Statement};

use super::super::V1;
use super::*;
use crate::connect::server::for_migration;
use crate::scratch::{Engine, MySql, Postgres, Scratch};

trait Locking: Engine {
    /// The lock of a node that migrates.
    const TAKE: &'static str;
    /// Which connection asks.
    const WHO: &'static str;
    /// Whoever waits for a lock in database `{}`.
    const WAITING: &'static str;
    /// Ends the connection `{}`.
    const KILL: &'static str;
}

impl Locking for Postgres {
    const TAKE: &'static str = "SELECT pg_advisory_lock(8100317411105137010)";
    const WHO: &'static str = "SELECT CAST(pg_backend_pid() AS bigint)";
    const WAITING: &'static str = "SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock'";
    const KILL: &'static str = "SELECT pg_terminate_backend({})";
}

impl Locking for MySql {
    const TAKE: &'static str = "DO GET_LOCK(CONCAT('parlour:', SHA2(DATABASE(), 224)), 0)";
    const WHO: &'static str = "SELECT CAST(CONNECTION_ID() AS SIGNED)";
    const WAITING: &'static str = "SELECT id FROM /*M! information_schema */ /*!80022 performance_schema */ .processlist \
         WHERE db = '{}' AND state = 'User lock'";
    const KILL: &'static str = "KILL CONNECTION {}";
}

async fn goes_forward<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let db = for_migration(&database.url()).await.unwrap();
    go_all_ways(&database.url(), &db, TransactionOptions::default()).await;
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_goes_forward_on_postgres_and_never_back() {
    goes_forward::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_goes_forward_on_mysql_and_never_back() {
    goes_forward::<MySql>().await;
}

async fn many_open_at_once<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let opening = (0..8).map(|_| {
        let url = database.url();
        tokio::spawn(async move { SqlStore::connect(&url).await })
    });
    for opened in opening.collect::<Vec<_>>() {
        let store = opened.await.unwrap().unwrap();
        assert!(store.list(None, 10).await.unwrap().is_empty());
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_may_bring_up_postgres_at_once() {
    many_open_at_once::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_may_bring_up_mysql_at_once() {
    many_open_at_once::<MySql>().await;
}

/// Before each statement of the first version once: as if the node had died there.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_died_at_any_statement_leaves_mysql_so_that_the_next_one_goes_on() {
    for done in 0..=V1.statements(DbBackend::MySql).count() {
        let database = Scratch::<MySql>::make().await;
        let raw = database.raw().await;
        for statement in V1.statements(DbBackend::MySql).take(done) {
            raw.execute_unprepared(statement).await.unwrap();
        }
        SqlStore::connect(&database.url()).await.unwrap().close().await;
        let applied = Current::get_migration_models(&raw).await.unwrap();
        assert_eq!(applied.len(), Current::migrations().len(), "after {done} statements");
        raw.close().await.unwrap();
    }
}

/// Until it dies, nobody else migrates.
async fn a_holder_dies<E: Locking>() {
    let database = Scratch::<E>::make().await;
    let (holder, other) = (database.raw().await, database.raw().await);
    let ask = |sql: &str| Statement::from_string(other.get_database_backend(), sql);
    holder.execute_unprepared(E::TAKE).await.unwrap();
    let id: i64 = holder.query_one_raw(ask(E::WHO)).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    let url = database.url();
    let opening = tokio::spawn(async move { SqlStore::connect(&url).await });
    let waiting = ask(&E::WAITING.replace("{}", &database.name));
    while other.query_all_raw(waiting.clone()).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!opening.is_finished());
    other.execute_unprepared(&E::KILL.replace("{}", &id.to_string())).await.unwrap();
    opening.await.unwrap().unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_while_it_migrates_postgres_lets_go_of_the_lock() {
    a_holder_dies::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_while_it_migrates_mysql_lets_go_of_the_lock() {
    a_holder_dies::<MySql>().await;
}

/// Whoever reads a table for long makes the change of it wait; everybody else goes on meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_a_table_that_is_to_change_on_mysql_holds_up_nobody_else() {
    const READING: &str = "SELECT COUNT(*) FROM rooms";
    let database = Scratch::<MySql>::make().await;
    let url = database.url();
    SqlStore::connect(&url).await.unwrap().close().await;
    let (reader, others) = (database.raw().await, database.raw().await);
    let ask = |sql: &str| Statement::from_string(DbBackend::MySql, sql);
    reader.execute_unprepared("BEGIN").await.unwrap();
    reader.query_all_raw(ask(READING)).await.unwrap();
    let changing = tokio::spawn(async move {
        let db = for_migration(&url).await.unwrap();
        bring_up_to_date::<Next>(&db, TransactionOptions::default(), "the database").await.map(drop)
    });
    let waiting = MySql::WAITING.replace("{}", &database.name).replace("User lock", "Waiting for table metadata lock");
    let waiting = ask(&waiting);
    while others.query_all_raw(waiting.clone()).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // As long as a request waits for a lock.
    others.execute_unprepared("SET SESSION lock_wait_timeout = 3").await.unwrap();
    others.query_all_raw(ask(READING)).await.unwrap();
    assert!(!changing.is_finished());
    reader.execute_unprepared("COMMIT").await.unwrap();
    changing.await.unwrap().unwrap();
    others.execute_unprepared(USES_NEXT).await.unwrap();
}
