//! SQLite: a file, one connection that writes and several that read beside it.

use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions};

use super::{ConnectError, Db, Purpose, SqlStore, refuse_unfinished};
use crate::classify::is_locked_by_another;
use crate::commit::Group;
use crate::schema::{Current, bring_up_to_date};

const READERS: u32 = 8;
/// How long another process may hold the write lock before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for its turn.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long another process may take to let go of the file: it may be just ending.
const ALONE_TIMEOUT: Duration = Duration::from_secs(1);

const WRITE: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    // A deferred transaction that comes to write fails at once when another one writes, whatever the busy timeout.
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

pub(super) async fn open(path: &str, purpose: Purpose) -> Result<SqlStore, ConnectError> {
    if path.is_empty() || path.starts_with(":memory:") {
        let reason = "it needs the path of a file, as in sqlite://parlour.db".to_owned();
        return Err(ConnectError::InvalidUrl { engine: "sqlite", reason });
    }
    let database = format!("sqlite database {path}");
    let unreachable = |source| ConnectError::Unreachable { database: database.clone(), source };
    let path = PathBuf::from(path);
    let access = match purpose {
        Purpose::Use => Access::Write,
        Purpose::Copy => Access::Alone,
    };
    let opened = connect(path.clone(), access).await.map_err(|source| match purpose {
        Purpose::Copy if is_locked_by_another(&source) => ConnectError::InUse { database: database.clone() },
        _ => unreachable(source),
    });
    let writer = opened?;
    bring_up_to_date::<Current>(&writer, WRITE, &database).await?;
    refuse_unfinished(&writer, &database, purpose).await?;
    let reader = match purpose {
        Purpose::Use => connect(path, Access::Read).await.map_err(unreachable)?,
        Purpose::Copy => writer.clone(),
    };
    Ok(SqlStore {
        group: Some(Group::start(writer.clone(), WRITE)),
        writer: Db::Sqlite(writer, WRITE),
        reader: Db::Sqlite(reader, TransactionOptions::default()),
    })
}

#[derive(Clone, Copy)]
enum Access {
    Write,
    Read,
    /// Writes and reads, and keeps everybody else out.
    Alone,
}

async fn connect(path: PathBuf, access: Access) -> Result<DatabaseConnection, DbErr> {
    // The real path is set below: in a URL some of its characters would mean something else.
    let mut options = ConnectOptions::new("sqlite://parlour.db");
    options
        .max_connections(match access {
            Access::Write | Access::Alone => 1,
            Access::Read => READERS,
        })
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        // A file does not hang up on us.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_pool_opts(closed_when_stuck)
        .map_sqlx_sqlite_opts(move |file| {
            let file = file.filename(&path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
            match access {
                Access::Write => writable(file),
                Access::Read => file.read_only(true),
                // Set before the write-ahead log is opened, it asks for the whole file at once.
                Access::Alone => writable(file.locking_mode(SqliteLockingMode::Exclusive)).busy_timeout(ALONE_TIMEOUT),
            }
        });
    Database::connect(options).await
}

/// A COMMIT that fails may end the transaction, on a full disk say. Then the rollback that follows fails too, the connection
/// goes on as if it were within that transaction, and all that it commits from then on would be a savepoint of one that
/// never ends. Such a connection is closed, and what was not committed is gone with it.
fn closed_when_stuck(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.after_release(|connection: &mut SqliteConnection, _| {
        Box::pin(async {
            // A rollback may still wait for its turn.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

fn writable(file: SqliteConnectOptions) -> SqliteConnectOptions {
    // FULL: an answered commit survives a power failure, not only a crash of the program.
    file.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
}
