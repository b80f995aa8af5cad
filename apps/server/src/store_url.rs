//! The URL of a store: which engine, and where its data is.

mod surreal;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use url::Url;

use crate::config::DataSettings;

/// Which engine keeps something, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    /// `memory:`, gone with the process.
    Memory,
    /// `sqlite://PATH`.
    Sqlite(PathBuf),
    /// `postgres://...` or `mysql://...`.
    SqlServer(Url),
    /// `surreal-mem:`, gone with the process.
    SurrealMem,
    /// `surrealkv://PATH`.
    SurrealKv(PathBuf),
    /// `rocksdb://PATH`.
    RocksDb(PathBuf),
    /// `ws://...` or `wss://...`: a SurrealDB server.
    SurrealServer(Url),
}

/// Why a text names no store. No variant repeats the text: it may hold a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidStoreUrl {
    /// There is no such engine.
    #[error(
        "scheme {0:?} is unknown (known are memory:, sqlite://PATH, postgres://..., mysql://..., surreal-mem:, \
         surrealkv://PATH, rocksdb://PATH, ws://... and wss://...)"
    )]
    UnknownScheme(String),
    /// An embedded engine without a place for its data.
    #[error("{0}:// needs a path, as in {0}:///var/lib/parlour/data")]
    NoPath(&'static str),
    /// An engine that is not part of this build.
    #[error("this build has no {engine} (cargo feature {feature})")]
    NotBuilt {
        /// The engine.
        engine: &'static str,
        /// What brings it in.
        feature: &'static str,
    },
    /// A server's address that does not parse.
    #[error("{scheme}:// URL is malformed: {reason}")]
    Malformed {
        /// The engine.
        scheme: String,
        /// What is wrong.
        reason: String,
    },
}

impl StoreUrl {
    /// Reads a URL; a relative path is made absolute, so that two spellings of one place are one store.
    ///
    /// # Errors
    /// [`InvalidStoreUrl`] says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidStoreUrl> {
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "surreal-mem" if rest.is_empty() => Ok(Self::SurrealMem),
            "sqlite" => path("sqlite", rest).map(Self::Sqlite),
            "surrealkv" => path("surrealkv", rest).map(Self::SurrealKv),
            "rocksdb" if !cfg!(feature = "rocksdb") => {
                Err(InvalidStoreUrl::NotBuilt { engine: "RocksDB", feature: "rocksdb" })
            }
            "rocksdb" => path("rocksdb", rest).map(Self::RocksDb),
            "ws" | "wss" => with_host(scheme, text).map(Self::SurrealServer),
            "postgres" | "mysql" => with_database(scheme, text).map(Self::SqlServer),
            "memory" | "surreal-mem" => Err(malformed(scheme, "nothing may follow it")),
            _ => Err(InvalidStoreUrl::UnknownScheme(scheme.to_owned())),
        }
    }

    /// The URL as the store that it names reads it, password included.
    pub(crate) fn reveal(&self) -> String {
        match self {
            Self::SqlServer(url) | Self::SurrealServer(url) => url.to_string(),
            Self::Memory | Self::Sqlite(_) | Self::SurrealMem | Self::SurrealKv(_) | Self::RocksDb(_) => {
                self.to_string()
            }
        }
    }

    /// The file or directory of an embedded engine.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) | Self::SurrealKv(path) | Self::RocksDb(path) => Some(path),
            Self::Memory | Self::SqlServer(_) | Self::SurrealMem | Self::SurrealServer(_) => None,
        }
    }

    /// Whether what is kept there ends with the process.
    pub(crate) const fn is_volatile(&self) -> bool {
        matches!(self, Self::Memory | Self::SurrealMem)
    }
}

/// Shows the URL without credentials and parameters.
impl fmt::Display for StoreUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => out.write_str("memory:"),
            Self::SurrealMem => out.write_str("surreal-mem:"),
            Self::Sqlite(path) => write!(out, "sqlite://{}", path.display()),
            Self::SurrealKv(path) => write!(out, "surrealkv://{}", path.display()),
            Self::RocksDb(path) => write!(out, "rocksdb://{}", path.display()),
            Self::SqlServer(url) | Self::SurrealServer(url) => {
                write!(out, "{}://{}", url.scheme(), url.host_str().unwrap_or_default())?;
                if let Some(port) = url.port() {
                    write!(out, ":{port}")?;
                }
                out.write_str(url.path())
            }
        }
    }
}

impl DataSettings {
    /// Reads a URL, and fills in what it leaves to the flags.
    ///
    /// # Errors
    /// [`InvalidStoreUrl`] says what is wrong with it.
    pub(crate) fn parse(&self, text: &str) -> Result<StoreUrl, InvalidStoreUrl> {
        match StoreUrl::parse(text)? {
            StoreUrl::SurrealServer(url) => surreal::complete(url, &self.surreal).map(StoreUrl::SurrealServer),
            other => Ok(other),
        }
    }

    /// Where users and sessions are kept: SQLite in the data directory, unless another place is set.
    ///
    /// # Errors
    /// When the URL does not parse; the text names the flag.
    pub(crate) fn user_store_url(&self, data_dir: &Path) -> anyhow::Result<StoreUrl> {
        match self.user_store.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => self.parse(text).context("--user-store is wrong"),
            None => Ok(StoreUrl::Sqlite(data_dir.join("users.db"))),
        }
    }

    /// Where rooms and inboxes are kept: SurrealKV in the data directory, unless another place is set.
    ///
    /// # Errors
    /// When the URL does not parse; the text names the flag.
    pub(crate) fn room_store_url(&self, data_dir: &Path) -> anyhow::Result<StoreUrl> {
        match self.room_store.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => self.parse(text).context("--room-store is wrong"),
            None if cfg!(feature = "surrealdb") => Ok(StoreUrl::SurrealKv(data_dir.join("rooms.surrealkv"))),
            None => Ok(StoreUrl::Sqlite(data_dir.join("rooms.db"))),
        }
    }
}

fn path(scheme: &'static str, rest: &str) -> Result<PathBuf, InvalidStoreUrl> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err(InvalidStoreUrl::NoPath(scheme));
    }
    std::path::absolute(Path::new(path)).map_err(|error| malformed(scheme, error.to_string()))
}

fn malformed(scheme: &str, reason: impl Into<String>) -> InvalidStoreUrl {
    InvalidStoreUrl::Malformed { scheme: scheme.to_owned(), reason: reason.into() }
}

fn with_host(scheme: &str, text: &str) -> Result<Url, InvalidStoreUrl> {
    let url = Url::parse(text).map_err(|error| malformed(scheme, error.to_string()))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(malformed(scheme, "host is missing"));
    }
    Ok(url)
}

fn with_database(scheme: &str, text: &str) -> Result<Url, InvalidStoreUrl> {
    let url = with_host(scheme, text)?;
    if url.path().trim_matches('/').is_empty() {
        return Err(malformed(scheme, "database is missing"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_has_its_scheme() {
        let parsed = |text| StoreUrl::parse(text).unwrap();
        assert_eq!(parsed("memory:"), StoreUrl::Memory);
        assert_eq!(parsed("surreal-mem:"), StoreUrl::SurrealMem);
        assert_eq!(parsed("sqlite:///var/lib/users.db"), StoreUrl::Sqlite("/var/lib/users.db".into()));
        assert_eq!(parsed("surrealkv:///var/lib/rooms"), StoreUrl::SurrealKv("/var/lib/rooms".into()));
        assert!(matches!(parsed("postgres://u:p@db/parlour"), StoreUrl::SqlServer(_)));
        assert!(matches!(parsed("mysql://u:p@db:3306/parlour"), StoreUrl::SqlServer(_)));
        assert!(matches!(parsed("ws://u:p@db:8000/chat/rooms"), StoreUrl::SurrealServer(_)));
        assert!(matches!(parsed("wss://u:p@db/chat/rooms"), StoreUrl::SurrealServer(_)));
    }

    #[test]
    fn rocksdb_is_an_engine_of_a_build_that_has_it() {
        let parsed = StoreUrl::parse("rocksdb:///var/lib/rooms").map_err(|refused| refused.to_string());
        if cfg!(feature = "rocksdb") {
            assert_eq!(parsed, Ok(StoreUrl::RocksDb("/var/lib/rooms".into())));
        } else {
            assert_eq!(parsed, Err("this build has no RocksDB (cargo feature rocksdb)".to_owned()));
        }
    }

    #[test]
    fn two_spellings_of_one_place_are_one_store() {
        let here = std::env::current_dir().unwrap().join("users.db");
        let absolute = StoreUrl::parse(&format!("sqlite://{}", here.display())).unwrap();
        assert_eq!(StoreUrl::parse("sqlite://users.db").unwrap(), absolute);
        assert_eq!(StoreUrl::parse("sqlite://./users.db").unwrap(), absolute);
    }

    #[test]
    fn what_is_shown_has_no_credentials_and_what_is_revealed_has() {
        let url = "postgres://ann:secret@db.example:5433/parlour?sslpassword=hidden";
        let parsed = StoreUrl::parse(url).unwrap();
        assert_eq!(parsed.to_string(), "postgres://db.example:5433/parlour");
        assert_eq!(parsed.reveal(), url);
        let url = "wss://ann:secret@db.example:8000/chat/rooms?auth=database";
        let parsed = StoreUrl::parse(url).unwrap();
        assert_eq!(parsed.to_string(), "wss://db.example:8000/chat/rooms");
        assert_eq!(parsed.reveal(), url);
    }

    #[test]
    fn other_texts_are_refused_without_being_repeated() {
        for text in [
            "",
            "redis://ann:secret@db/1",
            "secret",
            "sqlite://",
            "surrealkv:",
            "memory:secret",
            "surreal-mem://secret",
            "postgres://ann:secret@/parlour",
            "postgres://ann:secret@db",
            "mysql://ann:secret@db:notaport/parlour",
            "ws://ann:secret@/chat/rooms",
            "wss://ann:secret@db:notaport/chat/rooms",
        ] {
            let refused = StoreUrl::parse(text).unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{text}: {refused}");
        }
    }

    #[test]
    fn an_unknown_scheme_is_named_beside_the_known_ones() {
        let refused = StoreUrl::parse("redis://db/1").unwrap_err().to_string();
        assert!(
            refused.starts_with("scheme \"redis\" is unknown") && refused.contains("surrealkv://PATH"),
            "{refused}"
        );
    }
}
