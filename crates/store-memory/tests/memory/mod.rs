//! The memory store as the contract wants to have it.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness};
use parlour_store_memory::MemoryStore;

/// An empty store; a clone of it is another handle on the same tables.
pub(crate) struct Memory(MemoryStore);

#[async_trait]
impl Harness for Memory {
    async fn fresh() -> Self {
        Self(MemoryStore::new())
    }

    /// Memory has nothing to open: another handle on the same tables is as far as it goes.
    async fn reopen(self) -> Self {
        Self(self.0.clone())
    }

    /// Memory ends with its process.
    async fn crash(self) -> Self {
        self
    }

    async fn engine(&self) -> Engine {
        Engine { name: "memory".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        Arc::new(self.0.clone())
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        Arc::new(self.0.clone())
    }

    fn passkeys(&self) -> Arc<dyn PasskeyRepo> {
        Arc::new(self.0.clone())
    }

    fn ceremonies(&self) -> Arc<dyn CeremonyRepo> {
        Arc::new(self.0.clone())
    }

    fn profiles(&self) -> Arc<dyn ProfileRepo> {
        Arc::new(self.0.clone())
    }

    fn contacts(&self) -> Arc<dyn ContactRepo> {
        Arc::new(self.0.clone())
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        Arc::new(self.0.clone())
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        Arc::new(self.0.clone())
    }

    fn archive(&self) -> Arc<dyn Archive> {
        Arc::new(self.0.clone())
    }

    async fn poison_user(&self, id: UserId) {
        self.0.poison_user(id);
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        self.0.poison_passkey(id);
    }

    async fn poison_room(&self, id: RoomId) {
        self.0.poison_room(id);
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.0.poison_entry(user, seq);
    }
}
