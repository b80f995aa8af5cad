//! Opening and closing a database.

#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionOptions, TransactionTrait};

#[cfg(feature = "sqlite")]
use crate::commit::Group;
use crate::schema::{MigrateError, migrate};

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

/// The store on SQL. Clones share their connections.
#[derive(Debug, Clone)]
pub struct SqlStore {
    writer: Writer,
    reader: DatabaseConnection,
    #[cfg(feature = "sqlite")]
    group: Option<Group>,
}

/// Where writes go, and how a transaction begins there.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) db: DatabaseConnection,
    options: TransactionOptions,
}

impl Writer {
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.db.begin_with_options(self.options).await
    }

    async fn migrate(&self, database: &str) -> Result<(), ConnectError> {
        let database = database.to_owned();
        migrate(&self.db, self.options).await.map_err(|error| match error {
            MigrateError::Newer(version) => ConnectError::NewerSchema { database, version },
            MigrateError::Engine(source) => ConnectError::Unreachable { database, source },
        })
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
        match url.split_once(':') {
            #[cfg(feature = "sqlite")]
            Some(("sqlite", path)) => sqlite::open(path.strip_prefix("//").unwrap_or(path)).await,
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", _)) => server::open(server::Engine::Postgres, url).await,
            #[cfg(feature = "mysql")]
            Some(("mysql", _)) => server::open(server::Engine::MySql, url).await,
            // What follows the scheme may hold a password.
            Some((scheme, _)) => Err(ConnectError::UnknownScheme(format!("{scheme}:"))),
            None => Err(ConnectError::UnknownScheme(url.to_owned())),
        }
    }

    /// Waits for what is being done, then closes every connection. Later calls are answered with `Unavailable`.
    pub async fn close(&self) {
        for connections in [&self.reader, &self.writer.db] {
            if let Err(error) = connections.close_by_ref().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "database was not closed cleanly");
            }
        }
    }

    /// For statements that commit by themselves.
    pub(crate) const fn writing(&self) -> &DatabaseConnection {
        &self.writer.db
    }

    pub(crate) const fn reading(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For transactions.
    pub(crate) const fn writer(&self) -> &Writer {
        &self.writer
    }

    #[cfg(feature = "sqlite")]
    pub(crate) const fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }
}
