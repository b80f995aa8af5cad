//! Where a store is: what its URL says.

use std::path::PathBuf;
use std::time::Duration;

use surrealdb::Surreal;
use surrealdb::engine::any::{self, Any};

use super::dial::dial;
use super::directory::{CLOSING_PATIENCE, Directory, Disk, LOCK_PATIENCE};
use super::link::Link;
use super::server::Server;
use super::{ConnectError, growth, room};
use crate::schema;

const IN_MEMORY: &str = "surreal-mem:";
/// Namespace and database of an embedded engine, which has only these.
const EMBEDDED: &str = "parlour";

pub(super) enum Place {
    Memory,
    Directory(Directory),
    Server(Server),
}

impl Place {
    pub(super) fn parse(url: &str) -> Result<Self, ConnectError> {
        if url == IN_MEMORY {
            return Ok(Self::Memory);
        }
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        let path = url.split_once("://").map(|(_, path)| path).filter(|path| !path.is_empty());
        match (scheme, path) {
            ("ws" | "wss", _) => Server::parse(url).map(Self::Server),
            ("surrealkv", Some(path)) => directory(Disk::SurrealKv, url, path).map(Self::Directory),
            ("rocksdb", Some(path)) => directory(Disk::RocksDb, url, path).map(Self::Directory),
            _ => Err(ConnectError::UnknownUrl { scheme: scheme.to_owned() }),
        }
    }

    /// The same, but a server may take as long as the largest text does.
    pub(super) fn patiently(self) -> Self {
        match self {
            Self::Server(server) => Self::Server(server.patiently()),
            here => here,
        }
    }

    /// The first connection of a store. An engine with a large log is closed and opened again before anybody waits for it.
    pub(super) async fn open_to_serve(&self) -> Result<Link, ConnectError> {
        let link = self.open(0, LOCK_PATIENCE).await?;
        if link.is_full() && self.can_be_closed() {
            drop(link);
            return self.open(1, CLOSING_PATIENCE).await;
        }
        Ok(link)
    }

    /// Opens what is there, or makes it, with a schema that is up to date. An embedded engine lives on the runtime that this
    /// runs on. A directory may be locked for as long as `lock_patience`.
    pub(super) async fn open(&self, number: u64, lock_patience: Duration) -> Result<Link, ConnectError> {
        match self {
            Self::Memory => {
                let opened = any::connect("mem://").await.map_err(ConnectError::Engine)?;
                Ok(Link::to_memory(prepared(opened).await?, number))
            }
            Self::Directory(directory) => {
                let is_opened_again = number > 0;
                let opened = prepared(directory.open(is_opened_again, lock_patience).await?).await?;
                Ok(Link::to_directory(opened, number, directory.growth(is_opened_again)?))
            }
            Self::Server(server) => dial(server, number).await,
        }
    }

    /// Whether a connection to it can be given up without harm.
    pub(super) fn can_be_closed(&self) -> bool {
        match self {
            Self::Directory(directory) => directory.has_room_to_close(),
            Self::Memory | Self::Server(_) => true,
        }
    }

    /// Whether what is there outlives a connection to it.
    pub(super) const fn can_be_opened_again(&self) -> bool {
        !matches!(self, Self::Memory)
    }
}

async fn prepared(db: Surreal<Any>) -> Result<Surreal<Any>, ConnectError> {
    schema::prepare(&db, EMBEDDED, EMBEDDED).await?;
    Ok(db)
}

fn directory(disk: Disk, url: &str, path: &str) -> Result<Directory, ConnectError> {
    if path.contains('?') {
        return Err(ConnectError::QuestionMark { url: url.to_owned() });
    }
    // The engine reads a leading tilde and dots in its own way; an absolute path has none.
    let absolute = std::path::absolute(path);
    let path = absolute.map_err(|source| ConnectError::Directory { path: PathBuf::from(path), source })?;
    Ok(Directory { disk, path, most_log: growth::MOST, free: room::free })
}
