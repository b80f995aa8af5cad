//! One node at a time. Both locks end with the connection of their holder, however that ends.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

/// One lock per database, also where they share a server. The name of a lock has 64 characters at most, that of a database
/// as many; MySQL has no MD5 from 9.6 on.
const NAME: &str = "CONCAT('parlour:', SHA2(DATABASE(), 224))";
/// How long another node may migrate while we wait for it.
const WAIT_SECONDS: u16 = 60;
/// How long a holder that was cut off from the server keeps the lock. No migration is silent that long.
pub(crate) const SILENCE_SECONDS: u16 = 600;

pub(super) async fn take_on_postgres(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    // The limits that a database or a role may have are made for queries.
    let limits = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{WAIT_SECONDS}s'; \
         SET LOCAL idle_in_transaction_session_timeout = '{SILENCE_SECONDS}s'"
    );
    transaction.execute_unprepared(&limits).await?;
    transaction.execute_unprepared("SELECT pg_advisory_xact_lock(8100317411105137010)").await?;
    Ok(())
}

pub(super) async fn take_on_mysql(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let take = Statement::from_string(DbBackend::MySql, format!("SELECT GET_LOCK({NAME}, {WAIT_SECONDS}) AS taken"));
    let row = transaction.query_one_raw(take).await?;
    match row.map(|row| row.try_get::<Option<i64>>("", "taken")).transpose()?.flatten() {
        Some(1) => Ok(()),
        _ => Err(DbErr::Migration("another node has been migrating for too long".to_owned())),
    }
}

pub(super) async fn release_on_mysql(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(&format!("DO RELEASE_LOCK({NAME})")).await.map(drop)
}
