//! How a store comes to be and ends.

mod dial;
mod directory;
mod engine;
mod error;
mod growth;
mod link;
mod log;
mod place;
#[cfg(test)]
pub(crate) mod plan;
mod retry;
mod room;
mod runtime;
mod server;
mod session;
mod switch;
mod tls;

use std::sync::Arc;

pub(crate) use engine::Engine;
pub use error::ConnectError;
pub(crate) use link::{ask_plainly, value, vars};
use place::Place;
pub(crate) use retry::Retry;
pub(crate) use runtime::OwnRuntime;
pub(crate) use session::{Session, ask};

use crate::classify::Failure;
use crate::commit::{Heads, Queue};

/// A store of users and of rooms on SurrealDB. Clones are the same store.
#[derive(Clone)]
pub struct SurrealStore {
    pub(crate) engine: Arc<Engine>,
    pub(crate) heads: Arc<Heads>,
    pub(crate) queue: Arc<Queue>,
}

impl SurrealStore {
    /// Opens the store that `url` names, and brings its schema up to date:
    ///
    /// - `surreal-mem:` keeps it in this process;
    /// - `surrealkv://PATH` and `rocksdb://PATH` (cargo feature `rocksdb`) keep it in a directory, which is made when it
    ///   is not there, and sync every commit before it is acknowledged;
    /// - `ws://[USER:PASSWORD@]HOST[:PORT]/NAMESPACE/DATABASE[?auth=LEVEL&timeout=SECONDS]`, or `wss://` with
    ///   TLS, keeps it on a server. `LEVEL` says where the user is defined: `root` (the default), `namespace` or `database`. Namespace and
    ///   database are defined when they are not there and the user may do so. User and password are percent-encoded.
    ///   A question or a write may take `SECONDS` (5, when it is not said).
    ///
    /// A server may go away and come back: what is asked meanwhile fails within seconds, and nothing has to be done. Nor
    /// after a disk that was full: a directory is opened anew when something could not be written there.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line what is wrong.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let store = Self::open(Place::parse(url)?).await?;
        match store.import_mark().await {
            Ok(None) => Ok(store),
            Ok(Some(mark)) => {
                store.close().await;
                Err(ConnectError::UnfinishedCopy { copied_from: mark.source })
            }
            Err(unread) => {
                store.close().await;
                Err(ConnectError::Schema(unread.into()))
            }
        }
    }

    /// The same to copy the store or to copy into it, also where a copy was not finished. A server may take its time: some
    /// texts are about all that it has.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line what is wrong.
    pub async fn connect_to_copy(url: &str) -> Result<Self, ConnectError> {
        Self::open(Place::parse(url)?.patiently()).await
    }

    async fn open(place: Place) -> Result<Self, ConnectError> {
        let runtime = OwnRuntime::start().map_err(ConnectError::Runtime)?;
        let lost = |failure: Failure| ConnectError::Schema(failure.into());
        let opening = runtime.spawn(async move { Ok((place.open_to_serve().await?, place)) });
        let (link, place) = opening.map_err(lost)?.await.map_err(|error| lost(Failure::Lost(error)))??;
        let engine = Engine::start(link, place, runtime).map_err(lost)?;
        Ok(Self { engine: Arc::new(engine), heads: Arc::default(), queue: Arc::default() })
    }

    /// Ends the store for all its clones: waits for what has begun, and until an embedded engine has released its
    /// directory, so that it can be opened again. Whatever is asked afterwards finds the store unavailable.
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
        self.engine.run(async move |session| ask(&session, text, vars([])).await.map(drop)).await??;
        Ok(())
    }

    /// The version of the engine, for the table of the laws that hold on it.
    ///
    /// # Errors
    /// What the engine says.
    #[doc(hidden)]
    pub async fn engine_version(&self) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.engine.run(async move |session| session.version().await).await??)
    }
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
        for (url, scheme) in [
            ("", ""),
            ("memory:", "memory"),
            ("surreal-mem", ""),
            ("surrealkv:", "surrealkv"),
            ("surrealkv://", "surrealkv"),
            ("rocksdb://", "rocksdb"),
            ("sqlite://x", "sqlite"),
            ("https://ann:secret@db/a/b", "https"),
        ] {
            let line = refusal(url).await;
            assert!(
                line.starts_with(&format!("scheme {scheme:?} is none of surreal-mem:, surrealkv://PATH")),
                "{line}"
            );
            assert!(!line.contains("secret") && !line.contains('\n'), "{line}");
        }
        assert!(refusal("surrealkv:///x?sync=never").await.contains("question mark"));
    }

    #[cfg(not(feature = "rocksdb"))]
    #[tokio::test(flavor = "multi_thread")]
    async fn an_engine_that_was_not_built_in_is_refused_in_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        let line = refusal(&format!("rocksdb://{}", path.display())).await;
        assert_eq!(line, "this build has no rocksdb (cargo feature rocksdb)");
        assert!(!path.exists());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_that_cannot_be_made_is_refused_in_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let line = refusal(&format!("surrealkv://{}/store", file.display())).await;
        assert!(line.contains("cannot be used") && !line.contains('\n'), "{line}");
    }

    async fn is_held_while_it_is_open(url: &str) {
        let store = SurrealStore::connect(url).await.unwrap();
        assert!(refusal(url).await.ends_with("is in use by another process"));
        store.close().await;
        SurrealStore::connect(url).await.unwrap().close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_in_use_is_refused_and_free_again_after_close() {
        let dir = tempfile::tempdir().unwrap();
        is_held_while_it_is_open(&format!("surrealkv://{}/store", dir.path().display())).await;
    }

    #[cfg(feature = "rocksdb")]
    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_of_rocksdb_in_use_is_refused_and_free_again_after_close() {
        let dir = tempfile::tempdir().unwrap();
        is_held_while_it_is_open(&format!("rocksdb://{}/store", dir.path().display())).await;
    }
}
