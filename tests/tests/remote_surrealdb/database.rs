//! The server that the tests share, and a database of its own for each.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use parlour_store_surrealdb::{ConnectError, SurrealStore};
use parlour_tests::SurrealServer;
use surrealdb::engine::any;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_surrealdb-server");

static MADE: AtomicU64 = AtomicU64::new(0);

/// Where the server that all tests share listens.
pub(crate) async fn shared() -> SocketAddr {
    SurrealServer::shared(PROGRAM).await.unwrap()
}

/// The name of a database that no other test of this process uses.
pub(crate) fn unused_name() -> String {
    format!("test-{}", MADE.fetch_add(1, Ordering::Relaxed))
}

/// The URL of an empty database on the shared server, for which nobody signs in.
pub(crate) async fn empty() -> String {
    url_of(shared().await, &unused_name())
}

/// The URL of a database on a server whose doors are open.
pub(crate) fn url_of(server: SocketAddr, database: &str) -> String {
    format!("ws://{server}/tests/{database}")
}

/// A store on it, also where an import was begun and not finished.
pub(crate) async fn connect(url: &str) -> SurrealStore {
    match SurrealStore::connect(url).await {
        Err(ConnectError::UnfinishedCopy { .. }) => SurrealStore::connect_to_copy(url).await.unwrap(),
        opened => opened.unwrap(),
    }
}

/// Does what an operator does on the shared server.
pub(crate) async fn operate(text: &str) {
    let db = any::connect(format!("ws://{}", shared().await)).await.unwrap();
    db.query(text).await.unwrap().check().unwrap();
}
