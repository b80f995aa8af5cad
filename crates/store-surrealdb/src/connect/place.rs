//! Where a store is: what its URL says.

use std::path::PathBuf;

use super::ConnectError;
use super::directory::{Directory, Disk};
use super::server::Server;

const IN_MEMORY: &str = "surreal-mem:";

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
}

fn directory(disk: Disk, url: &str, path: &str) -> Result<Directory, ConnectError> {
    if path.contains('?') {
        return Err(ConnectError::QuestionMark { url: url.to_owned() });
    }
    // The engine reads a leading tilde and dots in its own way; an absolute path has none.
    let absolute = std::path::absolute(path);
    let path = absolute.map_err(|source| ConnectError::Directory { path: PathBuf::from(path), source })?;
    Ok(Directory { disk, path })
}
