//! How a store comes to be and ends.

mod engine;
#[cfg(test)]
pub(crate) mod plan;
mod retry;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use surrealdb::Surreal;
use surrealdb::engine::local::{Db, Mem, SurrealKv};

use engine::OwnRuntime;
pub(crate) use engine::{Engine, ask, value, vars};
pub(crate) use retry::Retry;

use crate::classify::Failure;
use crate::commit::{Heads, Queue};
use crate::schema;

const IN_MEMORY: &str = "surreal-mem:";
const ON_DISK: &str = "surrealkv://";

/// How long a directory that is locked is asked for again: a process that is just ending holds it a little longer.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Why a store could not be opened, in one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL does not name an engine of this crate.
    #[error("store url {url:?} is none of surreal-mem: and surrealkv://PATH")]
    UnknownUrl {
        /// What was asked for.
        url: String,
    },
    /// The engine would read a part of the path as its own settings.
    #[error("path of store url {url:?} must not contain a question mark")]
    QuestionMark {
        /// What was asked for.
        url: String,
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
    /// The data was written by a newer program.
    #[error("schema of the store has version {found}, this program knows only versions up to {known}")]
    SchemaNewer {
        /// The version of the data.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
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

/// A store of users and of rooms on an embedded SurrealDB. Clones are the same store.
#[derive(Clone)]
pub struct SurrealStore {
    pub(crate) engine: Arc<Engine>,
    pub(crate) heads: Arc<Heads>,
    pub(crate) queue: Arc<Queue>,
}

impl SurrealStore {
    /// Opens the store that `url` names, `surreal-mem:` or `surrealkv://PATH`, and brings its schema up to date. A
    /// directory that is not there is made. Every commit is synced before it is acknowledged.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line what is wrong.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let place = Place::parse(url)?;
        let runtime = OwnRuntime::start().map_err(ConnectError::Runtime)?;
        let opening = runtime.spawn(async move {
            let db = place.open().await?;
            schema::prepare(&db).await?;
            Ok(db)
        });
        let lost = |failure: Failure| ConnectError::Schema(failure.into());
        let db = opening.map_err(lost)?.await.map_err(|error| lost(Failure::Lost(error)))??;
        Ok(Self { engine: Arc::new(Engine::new(db, runtime)), heads: Arc::default(), queue: Arc::default() })
    }

    /// Ends the store for all its clones: waits for what has begun, and until the engine has released its directory, so
    /// that it can be opened again. Whatever is asked afterwards finds the store unavailable.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// The same data through a store that shares nothing else with this one, as another process would have it, for
    /// tests that must not depend on what a store remembers or has under way.
    #[doc(hidden)]
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self { engine: Arc::clone(&self.engine), heads: Arc::default(), queue: Arc::default() }
    }

    /// Runs a text of SurrealQL as it is, for tests that have to damage a row behind the store's back.
    ///
    /// # Errors
    /// What the engine says.
    #[doc(hidden)]
    pub async fn run_raw(&self, text: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let text = text.to_owned();
        self.engine.run(async move |db| ask(&db, text, vars([])).await.map(drop)).await??;
        Ok(())
    }
}

enum Place {
    Memory,
    Directory(PathBuf),
}

impl Place {
    fn parse(url: &str) -> Result<Self, ConnectError> {
        if url == IN_MEMORY {
            return Ok(Self::Memory);
        }
        let path = url.strip_prefix(ON_DISK).filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| ConnectError::UnknownUrl { url: url.to_owned() })?;
        if path.contains('?') {
            return Err(ConnectError::QuestionMark { url: url.to_owned() });
        }
        // The engine reads a leading tilde and dots in its own way; an absolute path has none.
        let absolute = std::path::absolute(path);
        absolute.map(Self::Directory).map_err(|source| ConnectError::Directory { path: path.into(), source })
    }

    async fn open(self) -> Result<Surreal<Db>, ConnectError> {
        match self {
            Self::Memory => Surreal::new::<Mem>(()).await.map_err(ConnectError::Engine),
            Self::Directory(path) => {
                make_private(&path).map_err(|source| ConnectError::Directory { path: path.clone(), source })?;
                wait_until_unlocked(&path).await?;
                let opened = Surreal::new::<SurrealKv>(path.as_path()).sync("every").await;
                opened.map_err(|error| {
                    if says_locked(&error) { ConnectError::Locked { path } } else { ConnectError::Engine(error) }
                })
            }
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

/// Asks for the engine's own lock file, since the engine itself reports a held lock only as text.
async fn wait_until_unlocked(path: &Path) -> Result<(), ConnectError> {
    let since = Instant::now();
    loop {
        let Ok(lock) = std::fs::File::open(path.join("LOCK")) else { return Ok(()) };
        match lock.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => {}
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => return Ok(()),
        }
        if since.elapsed() > LOCK_PATIENCE {
            return Err(ConnectError::Locked { path: path.to_owned() });
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
}

fn says_locked(error: &surrealdb::Error) -> bool {
    error.message().contains("already locked")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(url: &str) -> String {
        match SurrealStore::connect(url).await {
            Ok(_) => panic!("{url} was opened"),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_url_of_no_engine_here_is_refused_in_one_line() {
        for url in ["", "memory:", "surreal-mem", "surrealkv:", "surrealkv://", "sqlite://x"] {
            assert_eq!(refusal(url).await, format!("store url {url:?} is none of surreal-mem: and surrealkv://PATH"));
        }
        assert!(refusal("surrealkv:///x?sync=never").await.contains("question mark"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_that_cannot_be_made_is_refused_in_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let line = refusal(&format!("surrealkv://{}/store", file.display())).await;
        assert!(line.contains("cannot be used") && !line.contains('\n'), "{line}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_in_use_is_refused_and_free_again_after_close() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("surrealkv://{}/store", dir.path().display());
        let store = SurrealStore::connect(&url).await.unwrap();
        assert!(refusal(&url).await.ends_with("is in use by another process"));
        store.close().await;
        SurrealStore::connect(&url).await.unwrap().close().await;
    }
}
