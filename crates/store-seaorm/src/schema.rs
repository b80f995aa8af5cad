//! The tables and how they come to be: one SQL file per version and engine, applied once, by one node at a time.
//!
//! Instants are microseconds in 64-bit integers, ids are 16 bytes (a `uuid` in PostgreSQL), and what must be unique
//! compares byte by byte.
//!
//! A new version is three more files, where it changes tables, and one more line in [`Current`]; a version that has been released never changes.
//! A file is statements that each end with `;`, and there is no `;` elsewhere in it. On PostgreSQL and SQLite all of
//! them are applied or none. On MySQL each statement of the schema stands by itself: what a node that died had done
//! already is passed over when the next one does it again, so a statement that changes rows must come to the same when
//! it is run twice.

mod fold_names;
mod lock;

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use self::fold_names::FoldingNames;
use crate::classify::{is_already_there, is_wait_in_vain};
use crate::connect::ConnectError;

#[cfg(feature = "mysql")]
pub(crate) use self::lock::SILENCE_SECONDS;

/// How long others go first who want a table that is to change.
const STAND_ASIDE: Duration = Duration::from_millis(500);

/// The versions that this program knows, oldest first.
pub(crate) struct Current;

impl MigratorTrait for Current {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(V1), Box::new(V2), Box::new(V3), Box::new(V4), Box::new(V5)]
    }
}

const V1: Version = Version {
    name: "v1",
    postgres: include_str!("schema/v1.postgres.sql"),
    mysql: include_str!("schema/v1.mysql.sql"),
    sqlite: include_str!("schema/v1.sqlite.sql"),
};

/// The mark of an import.
const V2: Version = Version {
    name: "v2",
    postgres: include_str!("schema/v2.postgres.sql"),
    mysql: include_str!("schema/v2.mysql.sql"),
    sqlite: include_str!("schema/v2.sqlite.sql"),
};

/// Passkeys and ceremonies.
const V3: Version = Version {
    name: "v3",
    postgres: include_str!("schema/v3.postgres.sql"),
    mysql: include_str!("schema/v3.mysql.sql"),
    sqlite: include_str!("schema/v3.sqlite.sql"),
};

/// What users are searched by, and whom they accept rooms from.
const V4: FoldingNames = FoldingNames(Version {
    name: "v4",
    postgres: include_str!("schema/v4.postgres.sql"),
    mysql: include_str!("schema/v4.mysql.sql"),
    sqlite: include_str!("schema/v4.sqlite.sql"),
});

/// A sigma is folded to the same letter wherever it stands.
const V5: FoldingNames = FoldingNames(Version { name: "v5", postgres: "", mysql: "", sqlite: "" });

/// The way from one version of the schema to the next.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    name: &'static str,
    postgres: &'static str,
    mysql: &'static str,
    sqlite: &'static str,
}

impl Version {
    fn statements(&self, engine: DbBackend) -> impl Iterator<Item = &'static str> {
        let script = match engine {
            DbBackend::Postgres => self.postgres,
            DbBackend::MySql => self.mysql,
            _ => self.sqlite,
        };
        script.split_inclusive(';').map(str::trim).filter(|statement| !statement.is_empty())
    }
}

impl MigrationName for Version {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Version {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in self.statements(connection.get_database_backend()) {
            match connection.execute_unprepared(statement).await {
                Ok(_) => {}
                Err(error) if is_already_there(&error) => tracing::info!(statement, "was done before"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Why the schema is not what the program needs.
#[derive(Debug)]
enum MigrateError {
    /// It has this version, which the program does not know.
    Newer(String),
    /// The engine failed.
    Engine(DbErr),
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        Self::Engine(error)
    }
}

/// Brings the schema of `database` up to the last version of `M`, while no other node does.
pub(crate) async fn bring_up_to_date<M: MigratorTrait>(
    db: &DatabaseConnection,
    options: TransactionOptions,
    database: &str,
) -> Result<(), ConnectError> {
    let database = database.to_owned();
    migrate::<M>(db, options).await.map_err(|error| match error {
        MigrateError::Newer(version) => ConnectError::NewerSchema { database, version },
        MigrateError::Engine(source) => ConnectError::Unreachable { database, source },
    })
}

async fn migrate<M: MigratorTrait>(db: &DatabaseConnection, options: TransactionOptions) -> Result<(), MigrateError> {
    let transaction = db.begin_with_options(options).await?;
    match db.get_database_backend() {
        DbBackend::MySql => {
            lock::take_on_mysql(&transaction).await?;
            let migrated = migrate_beside::<M>(db).await;
            lock::release_on_mysql(&transaction).await?;
            migrated?;
        }
        DbBackend::Postgres => {
            lock::take_on_postgres(&transaction).await?;
            migrate_within::<M>(&transaction).await?;
        }
        // A transaction that is begun immediate is alone already.
        _ => migrate_within::<M>(&transaction).await?,
    }
    Ok(transaction.commit().await?)
}

async fn migrate_within<M: MigratorTrait>(transaction: &DatabaseTransaction) -> Result<(), MigrateError> {
    if !is_current::<M>(transaction).await? {
        M::up(transaction, None).await?;
    }
    Ok(())
}

/// MySQL commits at every CREATE TABLE, so the transaction that holds the lock is another one.
async fn migrate_beside<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), MigrateError> {
    while !is_current::<M>(db).await? {
        match M::up(db, None).await {
            // Somebody reads a table that is to change. Whoever else wants it has waited behind us, and goes first.
            Err(error) if is_wait_in_vain(&error) => tokio::time::sleep(STAND_ASIDE).await,
            done => return Ok(done?),
        }
    }
    Ok(())
}

/// Whether every version that is known here has been applied; one that is not known is an error.
async fn is_current<M: MigratorTrait>(db: &impl ConnectionTrait) -> Result<bool, MigrateError> {
    let known: Vec<String> = M::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = M::get_migration_models(db).await?;
    match applied.iter().find(|applied| !known.contains(&applied.version)) {
        Some(unknown) => Err(MigrateError::Newer(unknown.version.clone())),
        None => Ok(applied.len() == known.len()),
    }
}

#[cfg(test)]
mod plans;
#[cfg(test)]
mod versions;
