//! SQLite: a file, one connection that writes and several that read beside it.

use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions};
use tokio::time::{Instant, sleep};

use super::{ConnectError, Db, Purpose, SqlStore, refuse_unfinished};
use crate::classify::is_locked_by_another;
use crate::commit::Group;
use crate::schema::{Current, bring_up_to_date};

const READERS: u32 = 8;
/// How long another process may hold the write lock before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to leave a file alone that another process has.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
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
    let opened = match access {
        Access::Write => when_let_in(|| connect(path.clone(), access)).await,
        Access::Read | Access::Alone => connect(path.clone(), access).await,
    };
    let opened = opened.map_err(|source| match purpose {
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

/// Opens a file; again when another process was just making it: for the change to a write-ahead log SQLite does not wait.
async fn when_let_in<T, F: Future<Output = Result<T, DbErr>>>(mut open: impl FnMut() -> F) -> Result<T, DbErr> {
    let until = Instant::now() + BUSY_TIMEOUT;
    loop {
        match open().await {
            Err(error) if is_locked_by_another(&error) && Instant::now() < until => sleep(BUSY_PAUSE).await,
            decided => return decided,
        }
    }
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

#[cfg(test)]
mod tests {
    use std::future::ready;

    use sea_orm::{ConnectionTrait, TransactionTrait};
    use tokio::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_new_file_that_another_process_has_locked_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("parlour.db");
        let other = Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
        other.execute_unprepared("CREATE TABLE t (x)").await.unwrap();
        let lock = Mutex::new(Some(other.begin_with_options(WRITE).await.unwrap()));
        let opened = when_let_in(|| async {
            let opened = connect(path.clone(), Access::Write).await;
            if opened.is_err() {
                lock.lock().await.take().unwrap().rollback().await.unwrap();
            }
            opened
        });
        opened.await.unwrap().close().await.unwrap();
        assert!(lock.into_inner().is_none(), "SQLite waits by itself");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_not_waited_for() {
        let mut times = 0;
        let refused = when_let_in(|| {
            times += 1;
            ready(Err::<(), _>(DbErr::Custom("no database".to_owned())))
        });
        assert_eq!(refused.await, Err(DbErr::Custom("no database".to_owned())));
        assert_eq!(times, 1);
    }
}
