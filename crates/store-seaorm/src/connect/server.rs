//! PostgreSQL, MySQL and MariaDB: one pool for everything.

#[cfg(test)]
#[cfg(feature = "server-tests")]
mod deadlock;
mod engine;
mod lease;
mod limits;
mod pool;
mod trouble;

use std::time::Duration;

#[cfg(feature = "mysql")]
use sea_orm::sqlx::{AssertSqlSafe, Executor};
use sea_orm::sqlx::{ConnectOptions as _, Connection};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, TransactionOptions};
use tokio::time::timeout;
use url::Url;

pub(crate) use self::engine::Engine;
pub(crate) use self::lease::Lease;
pub(crate) use self::limits::Limits;
pub(crate) use self::pool::Pool;
use super::{ConnectError, Purpose, SqlStore, refuse_unfinished};
use crate::schema::{Current, bring_up_to_date};

/// How long the first connection may take; a pool would go on asking a server that is not there.
const KNOCK: Duration = Duration::from_secs(5);
/// How long a schema may take to come up to date. Building an index on a large table has no limit of its own.
const MIGRATION: Duration = Duration::from_secs(600);

/// Opens a database; where it is to be served from, with those limits.
pub(super) async fn open<E: Engine>(url: &str, purpose: Purpose, serving: Limits) -> Result<SqlStore, ConnectError> {
    let (database, options) = understand::<E>(url)?;
    let unreachable = |source| ConnectError::Unreachable { database: database.clone(), source };
    match timeout(KNOCK, options.connect()).await {
        Ok(Ok(connection)) => connection.close().await.unwrap_or_else(|error| {
            tracing::debug!(error = &error as &dyn std::error::Error, "first connection was not closed cleanly");
        }),
        Ok(Err(error)) => return Err(unreachable(DbErr::Conn(RuntimeErr::SqlxError(error.into())))),
        Err(_) => return Err(unreachable(silent("server does not answer"))),
    }
    let migrating = for_migration(url).await.map_err(unreachable)?;
    let migrated =
        timeout(MIGRATION, bring_up_to_date::<Current>(&migrating, TransactionOptions::default(), &database));
    migrated.await.unwrap_or_else(|_| Err(unreachable(silent("bringing the schema up to date took too long"))))?;
    refuse_unfinished(&migrating, &database, purpose).await?;
    migrating.close().await.map_err(unreachable)?;
    let pool = E::into_db(Pool::<E>::new(options, Limits::of(purpose, serving)));
    Ok(SqlStore {
        writer: pool.clone(),
        reader: pool,
        // These engines put waiting commits together themselves.
        #[cfg(feature = "sqlite")]
        group: None,
    })
}

fn silent(said: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(said.to_owned()))
}

/// One connection for the lock and one for the migrations, without the limits of ordinary statements.
pub(crate) async fn for_migration(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).acquire_timeout(KNOCK).sqlx_logging(false).record_stmt_in_spans(false);
    #[cfg(feature = "mysql")]
    options.map_sqlx_mysql_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                for statement in engine::before_migrating() {
                    connection.execute(AssertSqlSafe(statement)).await?;
                }
                Ok(())
            })
        })
    });
    Database::connect(options).await
}

type Options<E> = <<E as sea_orm::sqlx::Database>::Connection as Connection>::Options;

/// The database in words, without a password, and how to connect to it.
fn understand<E: Engine>(url: &str) -> Result<(String, Options<E>), ConnectError> {
    let invalid = |reason: String| ConnectError::InvalidUrl { engine: E::SCHEME, reason };
    let parsed = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
    let name = parsed.path().trim_matches('/');
    if name.is_empty() {
        return Err(invalid(format!("it does not name a database, as in {}://USER@HOST/DATABASE", E::SCHEME)));
    }
    let host = parsed.host_str().unwrap_or("localhost");
    let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
    let options: Options<E> = url.parse().map_err(|error: sea_orm::SqlxError| invalid(error.to_string()))?;
    Ok((format!("{} database {name} at {host}{port}", E::SCHEME), options.disable_statement_logging()))
}

#[cfg(test)]
#[cfg(feature = "server-tests")]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::*;
    use crate::scratch::{self, Scratch};

    /// Far below how long the statement of the tests takes.
    const SHORT: Limits = Limits {
        said_to_server: Some(Duration::from_millis(50)),
        statement: Some(Duration::from_millis(100)),
        transaction: Some(Duration::from_millis(150)),
    };

    /// That it begins in so little time is not what is tested.
    async fn begun(store: &SqlStore) -> crate::connect::Transaction {
        for _ in 0..100 {
            if let Ok(transaction) = store.writing().begin().await {
                return transaction;
            }
        }
        panic!("no transaction was begun in time");
    }

    /// Whether a statement that takes a second is answered, alone, in a transaction and together with its COMMIT.
    async fn are_answered<E: Engine, S: scratch::Engine>(purpose: Purpose, slow: &str) -> [bool; 2] {
        let database = Scratch::<S>::make().await;
        let store = open::<E>(&database.url(), purpose, SHORT).await.unwrap();
        let slow = Statement::from_string(E::BACKEND, slow);
        // MySQL itself calls it an answer when its limit ends a sleep.
        let is_whole = |answer: Result<Vec<sea_orm::QueryResult>, DbErr>| {
            answer.is_ok_and(|rows| rows[0].try_get::<i64>("", "interrupted").unwrap() == 0)
        };
        let alone = is_whole(store.reading().query_all_raw(slow.clone()).await);
        let transaction = begun(&store).await;
        let together = is_whole(transaction.query_all_raw(slow).await) && transaction.commit().await.is_ok();
        store.close().await;
        [alone, together]
    }

    async fn a_slow_statement_is_answered_to_a_copy_alone<E: Engine, S: scratch::Engine>(slow: &str) {
        assert_eq!(are_answered::<E, S>(Purpose::Use, slow).await, [false; 2]);
        assert_eq!(are_answered::<E, S>(Purpose::Copy, slow).await, [true; 2]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_slow_statement_is_answered_to_a_copy_alone_on_postgres() {
        let slow = "SELECT CAST(0 AS bigint) AS interrupted FROM (SELECT pg_sleep(1)) AS slept";
        a_slow_statement_is_answered_to_a_copy_alone::<sea_orm::sqlx::Postgres, scratch::Postgres>(slow).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_slow_statement_is_answered_to_a_copy_alone_on_mysql() {
        let slow = "SELECT CAST(SLEEP(1) AS SIGNED) AS interrupted";
        a_slow_statement_is_answered_to_a_copy_alone::<sea_orm::sqlx::MySql, scratch::MySql>(slow).await;
    }

    /// What MySQL's own settings make of a statement that was answered.
    async fn is_settled(statements: &[String]) -> bool {
        let database = Scratch::<scratch::MySql>::make().await;
        let raw = database.raw().await;
        raw.execute_unprepared("SET SESSION autocommit = 0, SESSION completion_type = 'CHAIN'").await.unwrap();
        for statement in statements {
            raw.execute_unprepared(statement).await.unwrap();
        }
        let ask = "SELECT CAST(@@autocommit = 1 AND @@completion_type = 'NO_CHAIN' AS SIGNED) AS settled";
        let said = raw.query_one_raw(Statement::from_string(sea_orm::DbBackend::MySql, ask)).await.unwrap().unwrap();
        said.try_get::<i64>("", "settled").unwrap() == 1
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_mysql_answered_is_committed_whatever_its_settings_are() {
        assert!(!is_settled(&[]).await);
        assert!(is_settled(&sea_orm::sqlx::MySql::session(SHORT)).await);
        assert!(is_settled(&engine::before_migrating()).await);
    }

    /// The connections that a store has lead to a server that has become the copy of another one; new ones lead there.
    async fn a_store_moves_on<E: Engine, S: scratch::Engine>(only_read: &str) {
        use parlour_domain::port::{InsertUserError, UserRepo};
        use parlour_store_contract::fixture::user;

        let database = Scratch::<S>::make().await;
        let store = open::<E>(&database.url(), Purpose::Use, Limits::SERVING).await.unwrap();
        let connections: Vec<_> = (0..8)
            .map(|_| {
                let (store, only_read) = (store.clone(), only_read.to_owned());
                tokio::spawn(async move { store.writing().execute_unprepared(&only_read).await.unwrap() })
            })
            .collect();
        for connection in connections {
            connection.await.unwrap();
        }
        loop {
            match store.insert(user()).await {
                // One that was opened just now.
                Ok(()) => store.writing().execute_unprepared(only_read).await.map(drop).unwrap(),
                Err(refused) => {
                    assert!(matches!(refused, InsertUserError::Unavailable(_)), "{refused:?}");
                    break;
                }
            }
        }
        let writing: Vec<_> = (0..32)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.insert(user()).await })
            })
            .collect();
        for written in writing {
            written.await.unwrap().unwrap();
        }
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_moves_on_from_a_postgres_that_only_reads() {
        let only_read = "SET default_transaction_read_only = on";
        a_store_moves_on::<sea_orm::sqlx::Postgres, scratch::Postgres>(only_read).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_moves_on_from_a_mysql_that_only_reads() {
        let only_read = "SET SESSION TRANSACTION READ ONLY";
        a_store_moves_on::<sea_orm::sqlx::MySql, scratch::MySql>(only_read).await;
    }
}
