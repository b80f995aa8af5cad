//! Every connection is ended by the server, again and again, while people create rooms.

use std::time::Duration;

use parlour_domain::port::UserRepo;
use parlour_store_contract::fixture::user;
use parlour_store_seaorm::SqlStore;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::load::Load;
use crate::scratch::{Engine, MySql, Postgres, Scratch};

const ROUNDS: usize = 20;

trait Killing: Engine {
    /// The connections to database `{}`, without the one that asks.
    const CONNECTIONS: &'static str;
    const KILL: &'static str;
}

impl Killing for Postgres {
    const CONNECTIONS: &'static str = "SELECT CAST(pid AS bigint) FROM pg_stat_activity \
         WHERE datname = '{}' AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    const KILL: &'static str = "SELECT pg_terminate_backend({})";
}

impl Killing for MySql {
    /// Each engine reads its own of the comments. MySQL's older list fails on any statement that holds bytes.
    const CONNECTIONS: &'static str = "SELECT CAST(id AS SIGNED) \
         FROM /*M! information_schema */ /*!80022 performance_schema */ .processlist \
         WHERE db = '{}' AND id <> CONNECTION_ID()";
    const KILL: &'static str = "KILL CONNECTION {}";
}

async fn kill_all<E: Killing>(raw: &DatabaseConnection, database: &Scratch<E>) -> usize {
    let list = Statement::from_string(raw.get_database_backend(), E::CONNECTIONS.replace("{}", &database.name));
    let mut killed = 0;
    for row in raw.query_all_raw(list).await.unwrap() {
        let id: i64 = row.try_get_by_index(0).unwrap();
        // One that has gone by itself is no matter.
        killed += usize::from(raw.execute_unprepared(&E::KILL.replace("{}", &id.to_string())).await.is_ok());
    }
    killed
}

async fn stays_whole<E: Killing>() {
    let database = Scratch::<E>::make().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let raw = database.raw().await;
    let load = Load::begin(&store);
    for _ in 0..ROUNDS {
        let before = load.acknowledged();
        // People go on without anybody's help.
        while load.acknowledged() < before + 6 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(kill_all(&raw, &database).await > 0, "there is something to kill");
    }
    let (acknowledged, given_up) = load.end().await;
    assert!(acknowledged > 0 && given_up > 0, "{acknowledged} acknowledged, {given_up} given up: the kills were felt");
    store.close().await;
    raw.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_that_ends_every_connection_under_load_loses_nothing() {
    stays_whole::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_that_ends_every_connection_under_load_loses_nothing() {
    stays_whole::<MySql>().await;
}

/// As after a restart of the server while nobody spoke.
async fn an_idle_store_does_not_notice<E: Killing>() {
    let database = Scratch::<E>::make().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let raw = database.raw().await;
    let somebody = user();
    UserRepo::insert(&store, somebody.clone()).await.unwrap();
    for _ in 0..3 {
        let reading: Vec<_> = (0..8)
            .map(|_| {
                let (store, id) = (store.clone(), somebody.id);
                tokio::spawn(async move { store.find_many(&[id]).await.unwrap() })
            })
            .collect();
        for read in reading {
            assert_eq!(read.await.unwrap(), std::slice::from_ref(&somebody));
        }
        while kill_all(&raw, &database).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    store.close().await;
    raw.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_after_postgres_ended_idle_connections_just_succeed() {
    an_idle_store_does_not_notice::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_after_mysql_ended_idle_connections_just_succeed() {
    an_idle_store_does_not_notice::<MySql>().await;
}
