//! Embedded SurrealDB: in memory, and in a directory per store.

use std::marker::PhantomData;

use parlour_store_surrealdb::SurrealStore;
use tempfile::TempDir;

use super::Engine;
use crate::stage::Ports;

#[derive(Default)]
pub(crate) struct InMemory {
    open: Option<SurrealStore>,
}

impl Engine for InMemory {
    async fn start() -> Self {
        Self::default()
    }

    async fn empty(&mut self) -> Ports {
        close(&mut self.open).await;
        let store = SurrealStore::connect("surreal-mem:").await.unwrap();
        Ports::of(self.open.insert(store))
    }

    async fn reopen(&mut self) -> Ports {
        Ports::of(self.open.as_ref().unwrap())
    }

    async fn stop(mut self) {
        close(&mut self.open).await;
    }
}

/// An engine that keeps its data in a directory.
pub(crate) trait Kept {
    const SCHEME: &'static str;
}

pub(crate) struct SurrealKv;

impl Kept for SurrealKv {
    const SCHEME: &'static str = "surrealkv";
}

#[cfg(feature = "rocksdb")]
pub(crate) struct RocksDb;

#[cfg(feature = "rocksdb")]
impl Kept for RocksDb {
    const SCHEME: &'static str = "rocksdb";
}

pub(crate) struct OnDisk<K: Kept> {
    directory: Option<TempDir>,
    open: Option<SurrealStore>,
    kept: PhantomData<K>,
}

impl<K: Kept> Engine for OnDisk<K> {
    async fn start() -> Self {
        Self { directory: None, open: None, kept: PhantomData }
    }

    async fn empty(&mut self) -> Ports {
        close(&mut self.open).await;
        self.directory = Some(tempfile::tempdir().unwrap());
        self.reopen().await
    }

    async fn reopen(&mut self) -> Ports {
        close(&mut self.open).await;
        let path = self.directory.as_ref().unwrap().path().join("store");
        let store = SurrealStore::connect(&format!("{}://{}", K::SCHEME, path.display())).await.unwrap();
        Ports::of(self.open.insert(store))
    }

    async fn stop(mut self) {
        close(&mut self.open).await;
    }
}

async fn close(open: &mut Option<SurrealStore>) {
    if let Some(store) = open.take() {
        store.close().await;
    }
}
