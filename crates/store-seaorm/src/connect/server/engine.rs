//! What PostgreSQL and MySQL do differently at the level of a connection.

use async_trait::async_trait;
use sea_orm::sea_query::Values;
use sea_orm::sqlx::{AssertSqlSafe, Database, Executor, query_with};
use sea_orm::{DbBackend, ExecResult, QueryResult, SqlxError, Statement};
use sea_query_sqlx::SqlxValues;

use super::{Limits, Pool};
use crate::connect::Db;
#[cfg(feature = "mysql")]
use crate::schema::SILENCE_SECONDS;

/// A server engine, and how its connections are set up.
pub(crate) trait Engine: Asked {
    const SCHEME: &'static str;
    const BACKEND: DbBackend;
    /// What each new connection is told first.
    fn session(limits: Limits) -> Vec<String>;

    fn into_db(pool: Pool<Self>) -> Db;
}

/// SeaORM's statements on a connection of the driver's.
#[async_trait]
pub(crate) trait Asked: Database {
    async fn execute(connection: &mut Self::Connection, statement: Statement) -> Result<ExecResult, SqlxError>;
    async fn execute_unprepared(connection: &mut Self::Connection, sql: &str) -> Result<ExecResult, SqlxError>;
    async fn fetch(connection: &mut Self::Connection, statement: Statement) -> Result<Vec<QueryResult>, SqlxError>;
}

macro_rules! asked_alike {
    ($engine:ty) => {
        #[async_trait]
        impl Asked for $engine {
            async fn execute(connection: &mut Self::Connection, statement: Statement) -> Result<ExecResult, SqlxError> {
                let (sql, values) = taken_apart(statement);
                Ok(query_with(sql, values).execute(connection).await?.into())
            }

            async fn execute_unprepared(connection: &mut Self::Connection, sql: &str) -> Result<ExecResult, SqlxError> {
                Ok(connection.execute(AssertSqlSafe(sql.to_owned())).await?.into())
            }

            async fn fetch(
                connection: &mut Self::Connection,
                statement: Statement,
            ) -> Result<Vec<QueryResult>, SqlxError> {
                let (sql, values) = taken_apart(statement);
                let rows = query_with(sql, values).fetch_all(connection).await?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
        }
    };
}

#[cfg(feature = "mysql")]
asked_alike!(sea_orm::sqlx::MySql);
#[cfg(feature = "postgres")]
asked_alike!(sea_orm::sqlx::Postgres);

fn taken_apart(statement: Statement) -> (AssertSqlSafe<String>, SqlxValues) {
    let Statement { sql, values, .. } = statement;
    (AssertSqlSafe(sql), SqlxValues(values.unwrap_or(Values(Vec::new()))))
}

/// A transaction whose node was cut off lets go of its locks after 10 s. All queries here are short walks along indices: on
/// today's disks the planner's default of four for a random page would have it read whole tables of a few thousand rows
/// instead.
#[cfg(feature = "postgres")]
impl Engine for sea_orm::sqlx::Postgres {
    const SCHEME: &'static str = "postgres";
    const BACKEND: DbBackend = DbBackend::Postgres;

    /// Every query is a short walk along an index, in its order; with old statistics the planner would rather collect all
    /// rows in a bitmap and sort them for a page.
    fn session(limits: Limits) -> Vec<String> {
        let statement = limits.milliseconds_of_server();
        vec![format!(
            "SET statement_timeout = {statement}; SET lock_timeout = 3000; \
             SET idle_in_transaction_session_timeout = 10000; SET random_page_cost = 1.1; SET enable_bitmapscan = off"
        )]
    }

    fn into_db(pool: Pool<Self>) -> Db {
        Db::Postgres(pool)
    }
}

/// A statement that is no transaction commits by itself, and a transaction ends when it ends, whatever the server's own
/// settings are: with them, what was answered might never be committed.
#[cfg(feature = "mysql")]
const SETTLED: &str = "SET SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN'";

/// What a connection for migrations is told: none of the server's limits for statements counts, nor is it cut off while
/// another node migrates. One that changes a table waits briefly for those who read it, since all others wait behind it.
#[cfg(feature = "mysql")]
pub(super) fn before_migrating() -> [String; 2] {
    [
        SETTLED.to_owned(),
        format!(
            "SET SESSION wait_timeout = {SILENCE_SECONDS}, SESSION lock_wait_timeout = 2 \
             /*M!100301 , SESSION max_statement_time = 0, SESSION idle_transaction_timeout = 0 */ \
             /*!80000 , SESSION max_execution_time = 0 */"
        ),
    ]
}

/// As above. MariaDB alone knows the first of the comments, with its limit in seconds, MySQL alone the second; for a
/// transaction whose node was cut off MySQL has nothing but the limit of idle connections. The default isolation locks the
/// gaps between rows too, and writers of different rooms would deadlock.
#[cfg(feature = "mysql")]
impl Engine for sea_orm::sqlx::MySql {
    const SCHEME: &'static str = "mysql";
    const BACKEND: DbBackend = DbBackend::MySql;

    fn session(limits: Limits) -> Vec<String> {
        let statement = limits.milliseconds_of_server();
        vec![
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
            SETTLED.to_owned(),
            format!(
                "SET SESSION innodb_lock_wait_timeout = 3, SESSION lock_wait_timeout = 3, SESSION wait_timeout = 30 \
                 /*M!100301 , SESSION max_statement_time = {statement} / 1000, SESSION idle_transaction_timeout = 10 */ \
                 /*!80000 , SESSION max_execution_time = {statement} */"
            ),
        ]
    }

    fn into_db(pool: Pool<Self>) -> Db {
        Db::MySql(pool)
    }
}
