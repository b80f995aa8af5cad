//! PostgreSQL and MySQL or MariaDB, each test with a database that it makes and drops.

use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};
use parlour_domain::{RoomId, Seq, UserId};
use parlour_store_contract::Harness;
use parlour_store_seaorm::SqlStore;
use sea_orm::ConnectionTrait;

use crate::poison;

trait Engine: Send + Sync + 'static {
    const VARIABLE: &'static str;
    /// The database that is there before any other.
    const FIRST: &'static str;
    const DROP: &'static str;
}

struct Postgres;

impl Engine for Postgres {
    const VARIABLE: &'static str = "PARLOUR_TEST_POSTGRES";
    const FIRST: &'static str = "postgres";
    const DROP: &'static str = "DROP DATABASE {} WITH (FORCE)";
}

struct MySql;

impl Engine for MySql {
    const VARIABLE: &'static str = "PARLOUR_TEST_MYSQL";
    const FIRST: &'static str = "mysql";
    const DROP: &'static str = "DROP DATABASE {}";
}

fn url<E: Engine>(database: &str) -> String {
    let server = std::env::var(E::VARIABLE).expect(E::VARIABLE);
    format!("{}/{database}", server.trim_end_matches('/'))
}

async fn administer<E: Engine>(statement: &str) {
    let db = poison::raw(&url::<E>(E::FIRST)).await;
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// A database that goes with it.
struct Scratch<E: Engine> {
    name: String,
    engine: PhantomData<E>,
}

impl<E: Engine> Scratch<E> {
    async fn make() -> Self {
        let name = format!("parlour_test_{:016x}", RandomState::new().hash_one(std::process::id()));
        administer::<E>(&format!("CREATE DATABASE {name}")).await;
        Self { name, engine: PhantomData }
    }
}

impl<E: Engine> Drop for Scratch<E> {
    fn drop(&mut self) {
        let statement = E::DROP.replace("{}", &self.name);
        // The runtime of the test may be going down: this takes its own.
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(administer::<E>(&statement));
        });
        drop(dropped.join());
    }
}

struct Server<E: Engine> {
    store: SqlStore,
    database: Scratch<E>,
}

impl<E: Engine> Server<E> {
    async fn open(database: Scratch<E>) -> Self {
        Self { store: SqlStore::connect(&url::<E>(&database.name)).await.unwrap(), database }
    }
}

#[async_trait]
impl<E: Engine> Harness for Server<E> {
    async fn fresh() -> Self {
        Self::open(Scratch::make().await).await
    }

    async fn reopen(self) -> Self {
        self.store.close().await;
        Self::open(self.database).await
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        Arc::new(self.store.clone())
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        Arc::new(self.store.clone())
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        Arc::new(self.store.clone())
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        Arc::new(self.store.clone())
    }

    async fn poison_user(&self, id: UserId) {
        poison::user(&poison::raw(&url::<E>(&self.database.name)).await, id).await;
    }

    async fn poison_room(&self, id: RoomId) {
        poison::room(&poison::raw(&url::<E>(&self.database.name)).await, id).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        poison::entry(&poison::raw(&url::<E>(&self.database.name)).await, user, seq).await;
    }
}

mod postgres {
    parlour_store_contract::contract_tests!(super::Server<super::Postgres>);
}

mod mysql {
    parlour_store_contract::contract_tests!(super::Server<super::MySql>);
}

async fn many_that_open_a_new_database_at_once_all_succeed<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let opening = (0..4).map(|_| {
        let url = url::<E>(&database.name);
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
    many_that_open_a_new_database_at_once_all_succeed::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_nodes_may_bring_up_mysql_at_once() {
    many_that_open_a_new_database_at_once_all_succeed::<MySql>().await;
}
