//! Opening and closing a database.

mod database;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) mod server;
#[cfg(feature = "sqlite")]
mod sqlite;

use parlour_store_codec::decode_mark;
use sea_orm::{ConnectionTrait, DbErr};

#[cfg(test)]
pub(crate) use self::database::overheard;
pub(crate) use self::database::{Db, Transaction};
#[cfg(any(feature = "mysql", feature = "postgres"))]
use self::server::Limits;
use crate::archive::read_mark;
#[cfg(feature = "sqlite")]
use crate::commit::Group;

/// Why a database could not be opened. Its text is one line for the operator and never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No engine of this build answers to that kind of URL.
    #[error("unknown store url: {0} (known here: {known})", known = KNOWN.join(", "))]
    UnknownScheme(String),
    /// The URL lacks something.
    #[error("invalid store url for {engine}: {reason}")]
    InvalidUrl {
        /// The engine that was asked for.
        engine: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The engine does not answer, or not to us.
    #[error("cannot open {database}: {}", said(source))]
    Unreachable {
        /// Which database it was, without a password.
        database: String,
        /// What the engine said.
        #[source]
        source: DbErr,
    },
    /// A newer program has used this database.
    #[error("{database} has schema version {version}, which is newer than this program; use the newer program")]
    NewerSchema {
        /// Which database it is, without a password.
        database: String,
        /// The version that is not known here.
        version: String,
    },
    /// Another process has the file open, where it is wanted for this one alone.
    #[error("{database} is in use by another process")]
    InUse {
        /// Which database it is.
        database: String,
    },
    /// A copy into it was begun and not finished.
    #[error("{database} is the unfinished target of a copy from {copied_from}; run that copy again, or empty it")]
    UnfinishedCopy {
        /// Which database it is, without a password.
        database: String,
        /// What is being copied, as the copy said.
        copied_from: String,
    },
}

/// What the engine said, without the kind of call during which it did.
fn said(error: &DbErr) -> &dyn std::fmt::Display {
    match error {
        DbErr::Conn(said) | DbErr::Exec(said) | DbErr::Query(said) => said,
        other => other,
    }
}

const KNOWN: &[&str] = &[
    #[cfg(feature = "sqlite")]
    "sqlite://PATH",
    #[cfg(feature = "postgres")]
    "postgres://USER@HOST/DATABASE",
    #[cfg(feature = "mysql")]
    "mysql://USER@HOST/DATABASE",
];

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be used beside others.
    Use,
    /// To be copied, or copied into, while nobody else uses it.
    Copy,
}

/// The store on SQL. Clones share their connections.
#[derive(Debug, Clone)]
pub struct SqlStore {
    writer: Db,
    reader: Db,
    #[cfg(feature = "sqlite")]
    group: Option<Group>,
}

/// Refuses what is half copied, unless it is to be copied on.
async fn refuse_unfinished(db: &impl ConnectionTrait, database: &str, purpose: Purpose) -> Result<(), ConnectError> {
    let unreachable = |source| ConnectError::Unreachable { database: database.to_owned(), source };
    match read_mark(db).await.map_err(unreachable)? {
        Some(mark) if purpose == Purpose::Use => Err(ConnectError::UnfinishedCopy {
            database: database.to_owned(),
            copied_from: decode_mark(&mark).map_or_else(|_| "another store".to_owned(), |mark| mark.source),
        }),
        _ => Ok(()),
    }
}

impl SqlStore {
    /// Opens the database at `url` and brings its schema up to date.
    ///
    /// `sqlite://PATH` is a file, taken literally and made when absent, in a directory that exists;
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE` and `mysql://...` (MariaDB too) are databases that exist. The
    /// tokio runtime that this runs on has to live as long as the store.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line why it cannot be used.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::open(url, Purpose::Use).await
    }

    /// Opens the database to copy it or to copy into it, also where a copy was not finished. A SQLite file is then kept
    /// from every other process, and one that another process has open is refused; a server engine cannot tell, so
    /// every node that uses the database has to be stopped. A statement may take as long as a server needs for it.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line why it cannot be used.
    pub async fn connect_to_copy(url: &str) -> Result<Self, ConnectError> {
        Self::open(url, Purpose::Copy).await
    }

    async fn open(url: &str, purpose: Purpose) -> Result<Self, ConnectError> {
        match url.split_once(':') {
            #[cfg(feature = "sqlite")]
            Some(("sqlite", path)) => sqlite::open(path.strip_prefix("//").unwrap_or(path), purpose).await,
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", _)) => {
                server::open::<sea_orm::sqlx::Postgres>(url, purpose, Limits::SERVING).await
            }
            #[cfg(feature = "mysql")]
            Some(("mysql", _)) => server::open::<sea_orm::sqlx::MySql>(url, purpose, Limits::SERVING).await,
            // What follows the scheme may hold a password.
            Some((scheme, _)) => Err(ConnectError::UnknownScheme(format!("{scheme}:"))),
            None => Err(ConnectError::UnknownScheme(url.to_owned())),
        }
    }

    /// Waits for what is being done, then closes every connection. Later calls are answered with `Unavailable`.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// For transactions, and for statements that commit by themselves.
    pub(crate) const fn writing(&self) -> &Db {
        &self.writer
    }

    pub(crate) const fn reading(&self) -> &Db {
        &self.reader
    }

    #[cfg(feature = "sqlite")]
    pub(crate) const fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }
}
