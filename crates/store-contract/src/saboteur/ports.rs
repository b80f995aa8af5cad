//! A store to which a sabotage happens.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    CommitError, Committed, InboxRepo, InsertUserError, ReadError, RoomRepo, SessionRepo, UserRepo, WriteError,
};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, InboxPage, Room, RoomCommit, RoomCursor, RoomId, Seq, Session,
    SessionId, Timestamp, TokenHash, User, UserId, Username,
};

use super::{Ports, Sabotage};
use crate::Harness;

/// Any store, with what the sabotage `S` makes of it. What the sabotage keeps to itself is lost when it is reopened.
pub struct Sabotaged<H, S> {
    harness: H,
    sabotage: Arc<S>,
}

impl<H: Harness, S: Sabotage> Sabotaged<H, S> {
    fn of(harness: H) -> Self {
        Self { harness, sabotage: Arc::new(S::default()) }
    }

    fn store(&self) -> Arc<Store<S>> {
        let ports = Ports {
            users: self.harness.users(),
            sessions: self.harness.sessions(),
            rooms: self.harness.rooms(),
            inboxes: self.harness.inboxes(),
        };
        Arc::new(Store { ports, sabotage: Arc::clone(&self.sabotage) })
    }
}

#[async_trait]
impl<H: Harness, S: Sabotage> Harness for Sabotaged<H, S> {
    async fn fresh() -> Self {
        Self::of(H::fresh().await)
    }

    async fn reopen(self) -> Self {
        Self::of(self.harness.reopen().await)
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        self.store()
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        self.store()
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        self.store()
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        self.store()
    }

    async fn poison_user(&self, id: UserId) {
        self.harness.poison_user(id).await;
    }

    async fn poison_room(&self, id: RoomId) {
        self.harness.poison_room(id).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.harness.poison_entry(user, seq).await;
    }
}

struct Store<S> {
    ports: Ports,
    sabotage: Arc<S>,
}

#[async_trait]
impl<S: Sabotage> UserRepo for Store<S> {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        self.sabotage.insert_user(&self.ports, user).await
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        self.sabotage.find_users(&self.ports, ids).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        self.sabotage.find_username(&self.ports, username).await
    }

    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        self.sabotage.list_users(&self.ports, after, limit).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        self.ports.users.ping().await
    }
}

#[async_trait]
impl<S: Sabotage> SessionRepo for Store<S> {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        self.sabotage.insert_session(&self.ports, session).await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        self.sabotage.find_token(&self.ports, hash).await
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        self.sabotage.list_sessions(&self.ports, user).await
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.sabotage.remove_session(&self.ports, id).await
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.sabotage.remove_expired_sessions(&self.ports, now).await
    }
}

#[async_trait]
impl<S: Sabotage> RoomRepo for Store<S> {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.sabotage.commit(&self.ports, commit).await
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.sabotage.find_room(&self.ports, id).await
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        self.sabotage.find_direct(&self.ports, pair).await
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        self.sabotage.list_rooms(&self.ports, (user, now), after, limit).await
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.sabotage.list_expired(&self.ports, now, limit).await
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        self.sabotage.find_answer(&self.ports, caller, key).await
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.sabotage.forget_answers(&self.ports, now).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        self.ports.rooms.ping().await
    }
}

#[async_trait]
impl<S: Sabotage> InboxRepo for Store<S> {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        self.sabotage.read_inbox(&self.ports, user, since, limit).await
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        self.sabotage.heads(&self.ports, users).await
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        self.sabotage.forget_entries(&self.ports, before).await
    }
}
