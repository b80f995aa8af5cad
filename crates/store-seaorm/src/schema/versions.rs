//! From nothing, from an older version, from half of one, beside another node; and not from a newer one.

mod names;
#[cfg(feature = "server-tests")]
mod server;

use parlour_domain::port::UserRepo;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionOptions};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::{Current, Version, bring_up_to_date};
use crate::SqlStore;
use crate::connect::ConnectError;

/// A program that is one version further.
struct Next;

const NEXT: Version = Version {
    name: "v999",
    postgres: "CREATE TABLE notes (id bigint PRIMARY KEY); ALTER TABLE rooms ADD COLUMN topic text;
               CREATE INDEX rooms_by_topic ON rooms (topic);",
    mysql: "CREATE TABLE notes (id bigint PRIMARY KEY); ALTER TABLE rooms ADD COLUMN topic varchar(9);
            CREATE INDEX rooms_by_topic ON rooms (topic);",
    sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE rooms ADD COLUMN topic TEXT;
             CREATE INDEX rooms_by_topic ON rooms (topic);",
};

fn known_and(next: Version) -> Vec<Box<dyn MigrationTrait>> {
    let mut versions = Current::migrations();
    versions.push(Box::new(next));
    versions
}

impl MigratorTrait for Next {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        known_and(NEXT)
    }
}

/// The same program, which dies before the end of its migration.
struct Dying;

const NEXT_CUT_OFF: Version = Version {
    name: "v999",
    postgres: "CREATE TABLE notes (id bigint PRIMARY KEY); ALTER TABLE rooms ADD COLUMN topic text; DIE;",
    mysql: "CREATE TABLE notes (id bigint PRIMARY KEY); ALTER TABLE rooms ADD COLUMN topic varchar(9); DIE;",
    sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE rooms ADD COLUMN topic TEXT; DIE;",
};

impl MigratorTrait for Dying {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        known_and(NEXT_CUT_OFF)
    }
}

const USES_NEXT: &str = "SELECT rooms.topic FROM rooms, notes";

async fn go_all_ways(url: &str, db: &DatabaseConnection, options: TransactionOptions) {
    SqlStore::connect(url).await.unwrap().close().await;

    let died = bring_up_to_date::<Dying>(db, options, "the database").await;
    assert!(matches!(died, Err(ConnectError::Unreachable { .. })), "{died:?}");
    let store = SqlStore::connect(url).await.unwrap();
    assert_eq!(store.list(None, 10).await.unwrap(), [], "half of the next version is none to this program");
    store.close().await;

    bring_up_to_date::<Next>(db, options, "the database").await.unwrap();
    db.execute_unprepared(USES_NEXT).await.unwrap();
    bring_up_to_date::<Next>(db, options, "the database").await.unwrap();

    let refused = SqlStore::connect(url).await.unwrap_err();
    assert!(matches!(&refused, ConnectError::NewerSchema { version, .. } if version == "v999"), "{refused:?}");
    let line = refused.to_string();
    assert!(
        line.contains("has schema version v999, which is newer than this program") && !line.contains('\n'),
        "{line}"
    );
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sea_orm::{Database, SqliteTransactionMode};

    use super::*;

    pub(super) const IMMEDIATE: TransactionOptions = TransactionOptions {
        isolation_level: None,
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    };

    pub(super) async fn file() -> (tempfile::TempDir, String, DatabaseConnection) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
        let db = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
        (directory, url, db)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_schema_goes_forward_on_sqlite_and_never_back() {
        let (_directory, url, db) = file().await;
        go_all_ways(&url, &db, IMMEDIATE).await;
    }
}
