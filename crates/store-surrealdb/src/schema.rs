//! The schema and its versions.

use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use surrealdb::types::SurrealValue;

use crate::connect::{ConnectError, ask, vars};
use crate::row::integer;

/// What brings a store from the version before to this one; the first makes version 1. Never change one that was
/// released: add another.
const MIGRATIONS: [&str; 1] = [include_str!("schema/1_users_and_rooms.surql")];

const NAMESPACE: &str = "parlour";
const PREPARE: &str = "DEFINE NAMESPACE IF NOT EXISTS parlour;
    USE NS parlour;
    DEFINE DATABASE IF NOT EXISTS parlour;
    USE DB parlour;
    DEFINE TABLE IF NOT EXISTS schema_version SCHEMAFULL;";
const VERSIONS: &str = "SELECT VALUE record::id(id) FROM schema_version";

/// Brings the schema up to date, each version in one transaction.
pub(crate) async fn prepare(db: &Surreal<Db>) -> Result<(), ConnectError> {
    let unprepared = |error: surrealdb::Error| ConnectError::Schema(error.into());
    ask(db, PREPARE, vars([])).await.map_err(|failure| ConnectError::Schema(failure.into()))?;
    db.use_ns(NAMESPACE).use_db(NAMESPACE).await.map_err(unprepared)?;
    let mut answer = ask(db, VERSIONS, vars([])).await.map_err(|failure| ConnectError::Schema(failure.into()))?;
    let versions: Vec<i64> = answer.take(0).map_err(unprepared)?;
    let found = versions.into_iter().max().unwrap_or(0);
    let known = integer(MIGRATIONS.len() as u64);
    if found > known {
        return Err(ConnectError::SchemaNewer { found, known });
    }
    for (version, migration) in (1..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        migrate(db, version, migration).await?;
        tracing::info!(version, "schema migrated");
    }
    Ok(())
}

async fn migrate(db: &Surreal<Db>, version: i64, migration: &str) -> Result<(), ConnectError> {
    // The record of the version is the lock: of two programs that migrate at once, one finds it taken.
    let text = format!("BEGIN; CREATE type::record('schema_version', $version);\n{migration}\nCOMMIT;");
    let applied = ask(db, text, vars([("version", version.into_value())])).await;
    applied.map(drop).map_err(|failure| ConnectError::Schema(failure.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SurrealStore;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_schema_newer_than_the_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("surrealkv://{}/store", dir.path().display());
        let store = SurrealStore::connect(&url).await.unwrap();
        store.run_raw("CREATE schema_version:99").await.unwrap();
        store.close().await;
        let Err(refused) = SurrealStore::connect(&url).await else { panic!("opened") };
        assert_eq!(
            refused.to_string(),
            format!("schema of the store has version 99, this program knows only versions up to {}", MIGRATIONS.len())
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_version_is_applied_once() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("surrealkv://{}/store", dir.path().display());
        for _ in 0..2 {
            let store = SurrealStore::connect(&url).await.unwrap();
            let versions = store
                .engine
                .run(async |db| {
                    let mut answer = ask(&db, VERSIONS, vars([])).await.unwrap();
                    answer.take::<Vec<i64>>(0).unwrap()
                })
                .await
                .unwrap();
            assert_eq!(versions, (1..=integer(MIGRATIONS.len() as u64)).collect::<Vec<_>>());
            store.close().await;
        }
    }
}
