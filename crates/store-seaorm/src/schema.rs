//! The tables and how they come to be: one SQL file per version and engine, applied once, by one node at a time.
//!
//! Instants are microseconds in 64-bit integers, ids are 16 bytes (a `uuid` in PostgreSQL), and what must be unique
//! compares byte by byte.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

/// Why the schema is not what the program needs.
#[derive(Debug)]
pub(crate) enum MigrateError {
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

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(V1)]
    }
}

struct V1;

impl MigrationName for V1 {
    fn name(&self) -> &str {
        "v1"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for V1 {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let script = match connection.get_database_backend() {
            DbBackend::Postgres => include_str!("schema/v1.postgres.sql"),
            DbBackend::MySql => include_str!("schema/v1.mysql.sql"),
            _ => include_str!("schema/v1.sqlite.sql"),
        };
        for statement in script.split_inclusive(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Brings the schema up to this program's version, while no other node does.
pub(crate) async fn migrate(db: &DatabaseConnection, options: TransactionOptions) -> Result<(), MigrateError> {
    let transaction = db.begin_with_options(options).await?;
    match db.get_database_backend() {
        DbBackend::MySql => migrate_beside(&transaction, db).await?,
        DbBackend::Postgres => {
            transaction.execute_unprepared("SELECT pg_advisory_xact_lock(8100317411105137010)").await?;
            migrate_within(&transaction).await?;
        }
        // A transaction that is begun immediate is alone already.
        _ => migrate_within(&transaction).await?,
    }
    Ok(transaction.commit().await?)
}

async fn migrate_within(transaction: &DatabaseTransaction) -> Result<(), MigrateError> {
    if !is_current(transaction).await? {
        Migrator::up(transaction, None).await?;
    }
    Ok(())
}

/// MySQL commits at every CREATE TABLE, so the transaction only holds a lock for the session, and each statement of a
/// migration can be run again.
async fn migrate_beside(lock: &DatabaseTransaction, db: &DatabaseConnection) -> Result<(), MigrateError> {
    const NAME: &str = "CONCAT('parlour:', MD5(DATABASE()))";
    const SECONDS: u8 = 60;
    let take = Statement::from_string(DbBackend::MySql, format!("SELECT GET_LOCK({NAME}, {SECONDS}) AS taken"));
    let taken: Option<i64> = lock.query_one_raw(take).await?.map(|row| row.try_get("", "taken")).transpose()?.flatten();
    if taken != Some(1) {
        return Err(DbErr::Migration("another node has been migrating for too long".to_owned()).into());
    }
    let migrated = async {
        if !is_current(db).await? {
            Migrator::up(db, None).await?;
        }
        Ok(())
    }
    .await;
    lock.execute_unprepared(&format!("DO RELEASE_LOCK({NAME})")).await?;
    migrated
}

/// Whether every version that is known here has been applied; one that is not known is an error.
async fn is_current<C: ConnectionTrait>(db: &C) -> Result<bool, MigrateError> {
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(db).await?;
    match applied.iter().find(|applied| !known.contains(&applied.version)) {
        Some(unknown) => Err(MigrateError::Newer(unknown.version.clone())),
        None => Ok(applied.len() == known.len()),
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod plans;
