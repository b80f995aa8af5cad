//! Why a store could not be opened.

use std::io;
use std::path::PathBuf;

/// Why a store could not be opened, in one line for the operator. No variant repeats a URL that may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL does not name an engine of this crate.
    #[error(
        "scheme {scheme:?} is none of surreal-mem:, surrealkv://PATH, rocksdb://PATH, ws://HOST/NAMESPACE/DATABASE and \
         wss://HOST/NAMESPACE/DATABASE"
    )]
    UnknownUrl {
        /// What stands before the colon.
        scheme: String,
    },
    /// The engine would read a part of the path as its own settings.
    #[error("path of store url {url:?} must not contain a question mark")]
    QuestionMark {
        /// What was asked for.
        url: String,
    },
    /// The URL of a server lacks something, or has too much.
    #[error("url of the server is malformed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// The engine is not part of this build.
    #[error("this build has no {engine} (cargo feature {engine})")]
    NotBuilt {
        /// The engine, which is also the name of the cargo feature.
        engine: &'static str,
    },
    /// Another process, or another store of this process, has the directory open.
    #[error("directory {} is in use by another process", .path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The directory cannot be made or used.
    #[error("directory {} cannot be used: {source}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something stands in the engine's log that no crash leaves there; what was acknowledged may be behind it.
    #[error("log {} is damaged behind byte {offset}", .path.display())]
    DamagedLog {
        /// The newest segment of the log.
        path: PathBuf,
        /// How many bytes before the damage are whole records.
        offset: u64,
    },
    /// The file of the authorities cannot be read, or holds no certificates.
    #[error("authorities in {} cannot be used: {reason}", .path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such host, nothing listens there, it refuses TLS, or it is no SurrealDB.
    #[error("server cannot be reached: {0}")]
    Unreachable(#[source] surrealdb::Error),
    /// Something listens there and says nothing.
    #[error("server does not answer within {seconds} s")]
    NoAnswer {
        /// How long it was waited for.
        seconds: u64,
    },
    /// There is no such user, or they have another password.
    #[error("server refuses the sign-in: {0}")]
    SignIn(#[source] surrealdb::Error),
    /// There is no such namespace or database, and this user may not define it.
    #[error("namespace {namespace} and database {database} cannot be used: {source}")]
    Database {
        /// The namespace.
        namespace: String,
        /// The database in it.
        database: String,
        /// What the server says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The data was written by a newer program.
    #[error("schema of the store has version {found}, this program knows only versions up to {known}")]
    SchemaNewer {
        /// The version of the data.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A copy into it was begun and not finished.
    #[error("store is the unfinished target of a copy from {copied_from}; run that copy again, or empty it")]
    UnfinishedCopy {
        /// What is being copied, as the copy said.
        copied_from: String,
    },
    /// The runtime that the engine lives on could not be started.
    #[error("threads for the store could not be started: {0}")]
    Runtime(#[source] io::Error),
    /// The engine does not open what is there.
    #[error("store could not be opened: {0}")]
    Engine(#[source] surrealdb::Error),
    /// The schema could not be read or brought up to date.
    #[error("schema of the store could not be prepared: {0}")]
    Schema(#[source] Box<dyn std::error::Error + Send + Sync>),
}
