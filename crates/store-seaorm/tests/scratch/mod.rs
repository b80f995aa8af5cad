//! A database on PostgreSQL, or on MySQL or MariaDB, that a test makes and drops.

use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

async fn raw(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the server of the test")
}

pub(crate) trait Engine: Send + Sync + 'static {
    const VARIABLE: &'static str;
    /// The database that is there before any other.
    const FIRST: &'static str;
    const DROP: &'static str;
}

pub(crate) struct Postgres;

impl Engine for Postgres {
    const VARIABLE: &'static str = "PARLOUR_TEST_POSTGRES";
    const FIRST: &'static str = "postgres";
    const DROP: &'static str = "DROP DATABASE {} WITH (FORCE)";
}

pub(crate) struct MySql;

impl Engine for MySql {
    const VARIABLE: &'static str = "PARLOUR_TEST_MYSQL";
    const FIRST: &'static str = "mysql";
    const DROP: &'static str = "DROP DATABASE {}";
}

fn address<E: Engine>(database: &str) -> String {
    let server = std::env::var(E::VARIABLE).expect(E::VARIABLE);
    format!("{}/{database}", server.trim_end_matches('/'))
}

async fn administer<E: Engine>(statement: &str) {
    let db = raw(&address::<E>(E::FIRST)).await;
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// A database that goes with it.
pub(crate) struct Scratch<E: Engine> {
    pub(crate) name: String,
    engine: PhantomData<E>,
}

impl<E: Engine> Scratch<E> {
    pub(crate) async fn make() -> Self {
        let name = format!("parlour_test_{:016x}", RandomState::new().hash_one(std::process::id()));
        administer::<E>(&format!("CREATE DATABASE {name}")).await;
        Self { name, engine: PhantomData }
    }

    pub(crate) fn url(&self) -> String {
        address::<E>(&self.name)
    }

    /// One connection that knows nothing of the store.
    pub(crate) async fn raw(&self) -> DatabaseConnection {
        raw(&self.url()).await
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
