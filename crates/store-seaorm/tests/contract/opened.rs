//! How a store is opened again.

use parlour_store_seaorm::{ConnectError, SqlStore};

/// As a server opens it, or, where that is refused since a copy into it was not finished, as that copy does.
pub(crate) async fn open(url: &str) -> SqlStore {
    match SqlStore::connect(url).await {
        Err(ConnectError::UnfinishedCopy { .. }) => SqlStore::connect_to_copy(url).await.unwrap(),
        opened => opened.unwrap(),
    }
}
