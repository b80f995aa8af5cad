//! PostgreSQL and MySQL or MariaDB: one database per test, emptied for each store.

use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;

use parlour_store_seaorm::SqlStore;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, Statement};

use super::Engine;
use crate::stage::Ports;

pub(crate) trait Dialect {
    const BACKEND: DatabaseBackend;
    /// Names a server, without a database, where a user may make databases.
    const VARIABLE: &'static str;
    /// The database that is there before any other.
    const FIRST: &'static str;
    const DROP: &'static str;
    /// The names of all tables of the database that is connected to.
    const TABLES: &'static str;

    fn empty(tables: &[String]) -> String;
}

pub(crate) struct Postgres;

impl Dialect for Postgres {
    const BACKEND: DatabaseBackend = DatabaseBackend::Postgres;
    const VARIABLE: &'static str = "PARLOUR_TEST_POSTGRES";
    const FIRST: &'static str = "postgres";
    const DROP: &'static str = "DROP DATABASE {} WITH (FORCE)";
    const TABLES: &'static str = "SELECT CAST(table_name AS text) AS name FROM information_schema.tables
        WHERE table_schema = current_schema()";

    fn empty(tables: &[String]) -> String {
        format!("TRUNCATE {}", tables.join(", "))
    }
}

pub(crate) struct MySql;

impl Dialect for MySql {
    const BACKEND: DatabaseBackend = DatabaseBackend::MySql;
    const VARIABLE: &'static str = "PARLOUR_TEST_MYSQL";
    const FIRST: &'static str = "mysql";
    const DROP: &'static str = "DROP DATABASE {}";
    const TABLES: &'static str = "SELECT CAST(table_name AS char) AS name FROM information_schema.tables
        WHERE table_schema = DATABASE()";

    /// `TRUNCATE` makes every table anew there, which is slow.
    fn empty(tables: &[String]) -> String {
        let deletions: String = tables.iter().map(|table| format!("DELETE FROM {table}; ")).collect();
        format!("SET foreign_key_checks = 0; START TRANSACTION; {deletions} COMMIT; SET foreign_key_checks = 1")
    }
}

pub(crate) struct Server<D: Dialect> {
    name: String,
    /// A connection that knows nothing of the store.
    beside: DatabaseConnection,
    open: Option<SqlStore>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Engine for Server<D> {
    async fn start() -> Self {
        let name = format!("parlour_test_{:016x}", RandomState::new().hash_one(std::process::id()));
        administer::<D>(&format!("CREATE DATABASE {name}")).await;
        let mut server = Self { beside: connect::<D>(&name).await, name, open: None, dialect: PhantomData };
        server.reopen().await;
        server
    }

    async fn empty(&mut self) -> Ports {
        let rows = self.beside.query_all_raw(Statement::from_string(D::BACKEND, D::TABLES)).await.unwrap();
        let tables = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
        let tables: Vec<String> = tables.filter(|table| !table.starts_with("seaql_")).collect();
        assert!(tables.len() > 5, "{tables:?}");
        self.beside.execute_unprepared(&D::empty(&tables)).await.unwrap();
        Ports::of(self.open.as_ref().unwrap())
    }

    async fn reopen(&mut self) -> Ports {
        if let Some(store) = self.open.take() {
            store.close().await;
        }
        let store = SqlStore::connect(&url::<D>(&self.name)).await.unwrap();
        Ports::of(self.open.insert(store))
    }

    async fn stop(self) {
        if let Some(store) = self.open {
            store.close().await;
        }
        self.beside.close().await.unwrap();
        administer::<D>(&D::DROP.replace("{}", &self.name)).await;
    }
}

fn url<D: Dialect>(database: &str) -> String {
    let server = std::env::var(D::VARIABLE)
        .unwrap_or_else(|_| panic!("{} names no server; README, \"Tests\", says how to start one", D::VARIABLE));
    format!("{}/{database}", server.trim_end_matches('/'))
}

async fn connect<D: Dialect>(database: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url::<D>(database));
    options.max_connections(1).sqlx_logging(false);
    let connected = Database::connect(options).await;
    connected.unwrap_or_else(|error| panic!("the server that {} names does not answer: {error}", D::VARIABLE))
}

async fn administer<D: Dialect>(statement: &str) {
    let db = connect::<D>(D::FIRST).await;
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}
