//! PostgreSQL, MySQL and MariaDB: one pool for everything.

use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::{ConnectOptions, Database, DbErr, RuntimeErr, TransactionOptions};
use url::Url;

use super::{ConnectError, SqlStore, Writer};

const CONNECTIONS: u32 = 16;
/// How long a call waits for its turn, and the first connection for the server.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may lie idle before it is asked whether it still works.
const MAY_BE_STALE: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
pub(super) enum Engine {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    MySql,
}

impl Engine {
    const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "postgres",
            #[cfg(feature = "mysql")]
            Self::MySql => "mysql",
        }
    }
}

pub(super) async fn open(engine: Engine, url: &str) -> Result<SqlStore, ConnectError> {
    let database = describe(engine, url)?;
    let unreachable = |source| ConnectError::Unreachable { database: database.clone(), source };
    knock(engine, url).await.map_err(unreachable)?;
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        // A ping before every query would double its way to the server and back.
        .test_before_acquire_if_idle_for(MAY_BE_STALE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    #[cfg(feature = "mysql")]
    options.map_sqlx_mysql_pool_opts(|pool| pool.after_connect(|connection, _| Box::pin(read_committed(connection))));
    let db = Database::connect(options).await.map_err(unreachable)?;
    let writer = Writer { db: db.clone(), options: TransactionOptions::default() };
    writer.migrate(&database).await?;
    Ok(SqlStore {
        writer,
        reader: db,
        // These engines put waiting commits together themselves.
        #[cfg(feature = "sqlite")]
        group: None,
    })
}

/// Asks once: a pool would go on asking a server that is not there until its timeout.
async fn knock(engine: Engine, url: &str) -> Result<(), DbErr> {
    let knocking = async {
        match engine {
            #[cfg(feature = "postgres")]
            Engine::Postgres => sea_orm::sqlx::PgConnection::connect(url).await?.close().await,
            #[cfg(feature = "mysql")]
            Engine::MySql => sea_orm::sqlx::MySqlConnection::connect(url).await?.close().await,
        }
    };
    match tokio::time::timeout(ACQUIRE_TIMEOUT, knocking).await {
        Ok(answer) => answer.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
        Err(_) => Err(DbErr::Conn(RuntimeErr::Internal("server does not answer".to_owned()))),
    }
}

/// MySQL's default locks the gaps between rows too, and writers of different rooms would deadlock.
#[cfg(feature = "mysql")]
async fn read_committed(connection: &mut sea_orm::sqlx::MySqlConnection) -> Result<(), sea_orm::sqlx::Error> {
    use sea_orm::sqlx::Executor;
    connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
    Ok(())
}

fn describe(engine: Engine, url: &str) -> Result<String, ConnectError> {
    let invalid = |reason: String| ConnectError::InvalidUrl { engine: engine.name(), reason };
    let parsed = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
    let name = parsed.path().trim_matches('/');
    if name.is_empty() {
        return Err(invalid(format!("it does not name a database, as in {}://USER@HOST/DATABASE", engine.name())));
    }
    let host = parsed.host_str().unwrap_or("localhost");
    let port = parsed.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("{} database {name} at {host}{port}", engine.name()))
}
