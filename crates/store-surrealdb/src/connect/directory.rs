//! An embedded engine on a directory of its own.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use surrealdb::Surreal;
use surrealdb::engine::any::{self, Any};

use super::growth::Growth;
use super::{ConnectError, log, room};

/// How long a directory that is locked is asked for again: a process that is just ending holds it a little longer.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_millis(500);
/// How long our own engine may take to write all that it knows into a table, and to end what it does with others.
pub(super) const CLOSING_PATIENCE: Duration = Duration::from_secs(30);
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
    /// How many bytes the log of SurrealKV may have before it is opened again.
    pub(super) most_log: u64,
    /// How many bytes may still be written there.
    pub(super) free: fn(&Path) -> u64,
}

impl Directory {
    /// Opens it, or makes it unless it `is_opened_again`; every commit is synced before it is acknowledged. Somebody may have it
    /// locked for as long as `patience`: an engine of ours that is still closing, say.
    pub(super) async fn open(&self, is_opened_again: bool, patience: Duration) -> Result<Surreal<Any>, ConnectError> {
        let scheme = self.disk.scheme();
        if !self.disk.is_built() {
            return Err(ConnectError::NotBuilt { engine: scheme });
        }
        // Where a directory has been moved away, the engine that has it still would write into a new one.
        if !is_opened_again {
            make_private(&self.path).map_err(|source| self.broken(source))?;
        }
        let since = Instant::now();
        loop {
            if let Some(db) = self.try_open(is_opened_again).await? {
                return Ok(db);
            }
            if since.elapsed() > patience {
                return Err(ConnectError::Locked { path: self.path.clone() });
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
    }

    pub(super) fn has_room_to_close(&self) -> bool {
        match self.disk {
            Disk::SurrealKv => (self.free)(&self.path) >= room::TO_CLOSE,
            Disk::RocksDb => true,
        }
    }

    /// The log of the engine that is open.
    pub(super) fn growth(&self, is_opened_again: bool) -> Result<Option<Growth>, ConnectError> {
        match self.disk {
            Disk::SurrealKv => {
                Growth::watch(&self.path, self.most_log, is_opened_again).map_err(|source| self.broken(source))
            }
            Disk::RocksDb => Ok(None),
        }
    }

    /// `None` when it is locked.
    async fn try_open(&self, has_lock: bool) -> Result<Option<Surreal<Any>>, ConnectError> {
        if matches!(self.disk, Disk::SurrealKv) && !self.has_mended(has_lock)? {
            return Ok(None);
        }
        match any::connect(format!("{}://{}?sync=every", self.disk.scheme(), self.path.display())).await {
            Ok(db) => Ok(Some(db)),
            Err(error) if says_locked(&error) => Ok(None),
            Err(error) => Err(ConnectError::Engine(error)),
        }
    }

    /// Mends the log of SurrealKV behind its own lock; `false` when somebody else holds that. RocksDB locks its file in
    /// another way, and says so when it is opened.
    fn has_mended(&self, has_lock: bool) -> Result<bool, ConnectError> {
        let lock = match File::open(self.path.join("LOCK")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !has_lock => None,
            opened => Some(opened.map_err(|source| self.broken(source))?),
        };
        match lock.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => return Ok(false),
            Some(Err(TryLockError::Error(source))) => return Err(self.broken(source)),
            Some(Ok(())) | None => {}
        }
        log::mend(&self.path).map(|()| true)
    }

    fn broken(&self, source: io::Error) -> ConnectError {
        ConnectError::Directory { path: self.path.clone(), source }
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The engines report a held lock only as text.
fn says_locked(error: &surrealdb::Error) -> bool {
    let message = error.message();
    message.contains("already locked") || message.contains("lock hold by") || message.contains("While lock file")
}
