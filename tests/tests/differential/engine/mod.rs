//! The engines that are compared with the model: one file each, and one line in `main.rs`.

#[cfg(feature = "server-tests")]
pub(crate) mod server;
pub(crate) mod sqlite;
pub(crate) mod surrealdb;
pub(crate) mod surrealdb_server;

use crate::stage::Ports;

/// An engine, with the one store that is open on it.
///
/// Its methods may panic when the engine fails them: they are no part of what is compared.
pub(crate) trait Engine: Sized {
    /// What one test needs once, however many stores it opens.
    async fn start() -> Self;

    /// An empty store, instead of the one that was open.
    async fn empty(&mut self) -> Ports;

    /// Closes the store and opens it again; of an engine that keeps nothing, the same store.
    async fn reopen(&mut self) -> Ports;

    /// Leaves nothing behind.
    async fn stop(self);
}
