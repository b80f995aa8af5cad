//! What the suite needs to know of a store: how to get an empty one, and how to look at it.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};
use parlour_domain::{RoomId, Seq, UserId};

/// A store under test, with what is needed to make one and to damage it.
///
/// Its methods may panic when the engine fails them: they are no part of what is tested.
#[async_trait]
pub trait Harness: Sized + Send + Sync + 'static {
    /// An empty store that nobody else uses.
    async fn fresh() -> Self;

    /// Closes the store and opens the same data again.
    async fn reopen(self) -> Self;

    /// Its users.
    fn users(&self) -> Arc<dyn UserRepo>;

    /// Its sessions.
    fn sessions(&self) -> Arc<dyn SessionRepo>;

    /// Its rooms.
    fn rooms(&self) -> Arc<dyn RoomRepo>;

    /// Its inboxes.
    fn inboxes(&self) -> Arc<dyn InboxRepo>;

    /// Makes the stored row of that user unparsable, behind the store's back.
    async fn poison_user(&self, id: UserId);

    /// Makes the stored row of that room unparsable, behind the store's back.
    async fn poison_room(&self, id: RoomId);

    /// Makes that stored inbox entry unparsable, behind the store's back.
    async fn poison_entry(&self, user: UserId, seq: Seq);
}
