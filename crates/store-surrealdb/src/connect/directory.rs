//! An embedded engine on a directory of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use surrealdb::Surreal;
use surrealdb::engine::any::{self, Any};

use super::{ConnectError, log};

/// How long a directory that is locked is asked for again: a process that is just ending holds it a little longer.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// An engine that keeps its data in a directory.
#[derive(Clone, Copy)]
pub(super) enum Disk {
    SurrealKv,
    RocksDb,
}

impl Disk {
    const fn scheme(self) -> &'static str {
        match self {
            Self::SurrealKv => "surrealkv",
            Self::RocksDb => "rocksdb",
        }
    }

    const fn is_built(self) -> bool {
        match self {
            Self::SurrealKv => true,
            Self::RocksDb => cfg!(feature = "rocksdb"),
        }
    }
}

pub(super) struct Directory {
    pub(super) disk: Disk,
    pub(super) path: PathBuf,
}

impl Directory {
    /// Opens it, or makes it; every commit is synced before it is acknowledged.
    pub(super) async fn open(&self) -> Result<Surreal<Any>, ConnectError> {
        let scheme = self.disk.scheme();
        if !self.disk.is_built() {
            return Err(ConnectError::NotBuilt { engine: scheme });
        }
        make_private(&self.path).map_err(|source| ConnectError::Directory { path: self.path.clone(), source })?;
        let since = Instant::now();
        loop {
            if let Some(db) = self.try_open().await? {
                return Ok(db);
            }
            if since.elapsed() > LOCK_PATIENCE {
                return Err(ConnectError::Locked { path: self.path.clone() });
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
    }

    /// `None` when it is locked.
    async fn try_open(&self) -> Result<Option<Surreal<Any>>, ConnectError> {
        if matches!(self.disk, Disk::SurrealKv) && !has_mended(&self.path)? {
            return Ok(None);
        }
        match any::connect(format!("{}://{}?sync=every", self.disk.scheme(), self.path.display())).await {
            Ok(db) => Ok(Some(db)),
            Err(error) if says_locked(&error) => Ok(None),
            Err(error) => Err(ConnectError::Engine(error)),
        }
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Mends the log of SurrealKV behind its own lock; `false` when somebody else holds that. RocksDB locks its file in another
/// way, and says so when it is opened.
fn has_mended(path: &Path) -> Result<bool, ConnectError> {
    let lock = std::fs::File::open(path.join("LOCK")).ok();
    if lock.as_ref().is_some_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock))) {
        return Ok(false);
    }
    log::mend(path).map(|()| true)
}

/// The engines report a held lock only as text.
fn says_locked(error: &surrealdb::Error) -> bool {
    let message = error.message();
    message.contains("already locked") || message.contains("lock hold by") || message.contains("While lock file")
}
