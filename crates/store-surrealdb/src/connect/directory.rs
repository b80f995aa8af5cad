//! An embedded engine on a directory of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use surrealdb::Surreal;
use surrealdb::engine::any::{self, Any};

use super::ConnectError;

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
    pub(super) async fn open(self) -> Result<Surreal<Any>, ConnectError> {
        let Self { disk, path } = self;
        let scheme = disk.scheme();
        if !disk.is_built() {
            return Err(ConnectError::NotBuilt { engine: scheme });
        }
        make_private(&path).map_err(|source| ConnectError::Directory { path: path.clone(), source })?;
        let since = Instant::now();
        loop {
            let is_locked = if is_locked(&path) {
                true
            } else {
                match any::connect(format!("{scheme}://{}?sync=every", path.display())).await {
                    Ok(db) => return Ok(db),
                    Err(error) if says_locked(&error) => true,
                    Err(error) => return Err(ConnectError::Engine(error)),
                }
            };
            if is_locked && since.elapsed() > LOCK_PATIENCE {
                return Err(ConnectError::Locked { path });
            }
            tokio::time::sleep(LOCK_PAUSE).await;
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

/// Whether SurrealKV's own lock file is held. RocksDB locks its file in another way, and says so when it is opened.
fn is_locked(path: &Path) -> bool {
    let Ok(lock) = std::fs::File::open(path.join("LOCK")) else { return false };
    matches!(lock.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// The engines report a held lock only as text.
fn says_locked(error: &surrealdb::Error) -> bool {
    let message = error.message();
    message.contains("already locked") || message.contains("lock hold by") || message.contains("While lock file")
}
