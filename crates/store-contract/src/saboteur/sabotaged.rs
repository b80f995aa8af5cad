//! A store to which a sabotage happens, as the suite wants to have it.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};

use super::Sabotage;
use super::ports::{Ports, Store};
use crate::{Engine, Harness};

/// Any store, with what the sabotage `S` makes of it. What the sabotage keeps to itself, and has not written when it
/// was closed, is lost with the process.
pub struct Sabotaged<H, S> {
    harness: H,
    sabotage: Arc<S>,
}

impl<H: Harness, S: Sabotage> Sabotaged<H, S> {
    fn of(harness: H) -> Self {
        Self { harness, sabotage: Arc::new(S::default()) }
    }

    fn ports(&self) -> Ports {
        Ports {
            users: self.harness.users(),
            sessions: self.harness.sessions(),
            passkeys: self.harness.passkeys(),
            ceremonies: self.harness.ceremonies(),
            profiles: self.harness.profiles(),
            contacts: self.harness.contacts(),
            rooms: self.harness.rooms(),
            inboxes: self.harness.inboxes(),
            archive: self.harness.archive(),
        }
    }

    fn store(&self) -> Arc<Store<S>> {
        Arc::new(Store { ports: self.ports(), sabotage: Arc::clone(&self.sabotage) })
    }
}

#[async_trait]
impl<H: Harness, S: Sabotage> Harness for Sabotaged<H, S> {
    async fn fresh() -> Self {
        Self::of(H::fresh().await)
    }

    async fn reopen(self) -> Self {
        self.sabotage.close(&self.ports()).await;
        Self::of(self.harness.reopen().await)
    }

    async fn crash(self) -> Self {
        Self::of(self.harness.crash().await)
    }

    async fn engine(&self) -> Engine {
        self.harness.engine().await
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        self.store()
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        self.store()
    }

    fn passkeys(&self) -> Arc<dyn PasskeyRepo> {
        self.store()
    }

    fn ceremonies(&self) -> Arc<dyn CeremonyRepo> {
        self.store()
    }

    fn profiles(&self) -> Arc<dyn ProfileRepo> {
        self.store()
    }

    fn contacts(&self) -> Arc<dyn ContactRepo> {
        self.store()
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        self.store()
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        self.store()
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.store()
    }

    async fn poison_user(&self, id: UserId) {
        self.harness.poison_user(id).await;
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        self.harness.poison_passkey(id).await;
    }

    async fn poison_room(&self, id: RoomId) {
        self.harness.poison_room(id).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.harness.poison_entry(user, seq).await;
    }
}
