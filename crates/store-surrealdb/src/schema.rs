//! The schema and its versions.

mod fold_names;

use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::SurrealValue;

use self::fold_names::fold_names;
use crate::classify::{Failure, Unread};
use crate::connect::{ConnectError, Retry, ask_plainly, value, vars};
use crate::row::integer;

/// What brings a store from the version before to this one; the first makes version 1. Never change one that was
/// released: add another.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema/1_users_and_rooms.surql"),
    include_str!("schema/2_import_mark.surql"),
    include_str!("schema/3_passkeys.surql"),
    include_str!("schema/4_people.surql"),
    include_str!("schema/5_names_are_folded.surql"),
    include_str!("schema/6_names_are_folded_anew.surql"),
];

/// The versions before which the names of all users are folded.
const NAMES_ARE_FOLDED: [i64; 2] = [5, 6];

const VERSION_TABLE: &str = "DEFINE TABLE IF NOT EXISTS schema_version SCHEMAFULL";
const VERSIONS: &str = "SELECT VALUE record::id(id) FROM schema_version";

/// Chooses the database, which is defined when it is not there, and brings its schema up to date, each version in one
/// transaction. Several programs may do so at once: one of them is first, and the others look again.
pub(crate) async fn prepare(db: &Surreal<Any>, namespace: &str, database: &str) -> Result<(), ConnectError> {
    bring_up(db, namespace, database, &MIGRATIONS).await
}

/// The same for another connection of a store that was opened. A newer program may have brought the schema further up
/// meanwhile; one that serves goes on beside it.
pub(crate) async fn prepare_again(db: &Surreal<Any>, namespace: &str, database: &str) -> Result<(), ConnectError> {
    match prepare(db, namespace, database).await {
        Err(ConnectError::SchemaNewer { found, known }) => {
            tracing::info!(found, known, "schema is newer than this program");
            Ok(())
        }
        decided => decided,
    }
}

async fn bring_up(db: &Surreal<Any>, namespace: &str, database: &str, migrations: &[&str]) -> Result<(), ConnectError> {
    let mut retry = Retry::default();
    loop {
        match bring_up_once(db, namespace, database, migrations).await {
            Err(Unprepared::Overtaken(_)) if retry.pause().await => {}
            Err(Unprepared::Overtaken(failure)) => return Err(ConnectError::Schema(failure.into())),
            Err(Unprepared::For(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

enum Unprepared {
    /// Another program was faster.
    Overtaken(Failure),
    For(ConnectError),
}

impl From<Failure> for Unprepared {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict | Failure::Exists(_) => Self::Overtaken(failure),
            other => Self::For(ConnectError::Schema(other.into())),
        }
    }
}

async fn bring_up_once(
    db: &Surreal<Any>,
    namespace: &str,
    database: &str,
    migrations: &[&str],
) -> Result<(), Unprepared> {
    choose(db, namespace, database).await?;
    let found = found_version(db).await?;
    let known = integer(migrations.len() as u64);
    if found > known {
        return Err(Unprepared::For(ConnectError::SchemaNewer { found, known }));
    }
    for (version, migration) in (1..).zip(migrations).filter(|(version, _)| *version > found) {
        if NAMES_ARE_FOLDED.contains(&version) {
            fold_names(db).await.map_err(|unread| match unread {
                Unread::Failed(failure) => failure.into(),
                corrupt @ Unread::Corrupt(_) => Unprepared::For(ConnectError::Schema(corrupt.into())),
            })?;
        }
        migrate(db, version, migration).await?;
        tracing::info!(version, "schema migrated");
    }
    Ok(())
}

/// Choosing a database defines it where the user may.
async fn choose(db: &Surreal<Any>, namespace: &str, database: &str) -> Result<(), Unprepared> {
    let chosen = async {
        db.use_ns(namespace).use_db(database).await?;
        ask_plainly(db, VERSION_TABLE, vars([])).await
    };
    chosen.await.map(drop).map_err(|failure| match failure {
        Failure::Missing(source) | Failure::Refused(source) => Unprepared::For(ConnectError::Database {
            namespace: namespace.to_owned(),
            database: database.to_owned(),
            source: source.into(),
        }),
        other => other.into(),
    })
}

async fn found_version(db: &Surreal<Any>) -> Result<i64, Unprepared> {
    let answer = ask_plainly(db, VERSIONS, vars([])).await?;
    let versions: Vec<i64> = value(answer).map_err(|unread| Unprepared::For(ConnectError::Schema(unread.into())))?;
    Ok(versions.into_iter().max().unwrap_or(0))
}

async fn migrate(db: &Surreal<Any>, version: i64, migration: &str) -> Result<(), Failure> {
    // The record of the version is the lock: of two programs that migrate at once, one finds it taken.
    let text = format!("BEGIN; CREATE type::record('schema_version', $version);\n{migration}\nCOMMIT;");
    ask_plainly(db, text, vars([("version", version.into_value())])).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SurrealStore;
    use crate::connect::ask;

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
                .run(async |session| {
                    let mut answer = ask(&session, VERSIONS, vars([])).await.unwrap();
                    answer.take::<Vec<i64>>(0).unwrap()
                })
                .await
                .unwrap();
            assert_eq!(versions, (1..=integer(MIGRATIONS.len() as u64)).collect::<Vec<_>>());
            store.close().await;
        }
    }
}
