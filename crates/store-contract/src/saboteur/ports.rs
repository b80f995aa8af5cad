//! The ports of a store to which a sabotage happens.

mod keys;

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, ArchivePage, CeremonyRepo, CommitError, Committed, ContactRepo, ImportError, InboxRepo, InsertUserError,
    PasskeyRepo, ProfileRepo, ReadError, RoomRepo, SessionRepo, UserRepo, WriteError,
};
use parlour_domain::{
    ArchiveKey, Block, ContactPolicy, DirectPair, DisplayName, IdempotencyKey, IdempotencyRecord, ImportMark,
    ImportStep, InboxPage, Room, RoomCommit, RoomCursor, RoomId, SearchQuery, Seq, Session, SessionId, Stance,
    Timestamp, TokenHash, Unit, User, UserId, Username,
};

use super::Sabotage;

/// The ports of the store that is sabotaged.
#[derive(Clone)]
pub struct Ports {
    /// Its users.
    pub users: Arc<dyn UserRepo>,
    /// Its sessions.
    pub sessions: Arc<dyn SessionRepo>,
    /// Its passkeys.
    pub passkeys: Arc<dyn PasskeyRepo>,
    /// Its ceremonies.
    pub ceremonies: Arc<dyn CeremonyRepo>,
    /// The profiles of its users.
    pub profiles: Arc<dyn ProfileRepo>,
    /// The policies and blocks of its users.
    pub contacts: Arc<dyn ContactRepo>,
    /// Its rooms.
    pub rooms: Arc<dyn RoomRepo>,
    /// Its inboxes.
    pub inboxes: Arc<dyn InboxRepo>,
    /// Everything that it keeps.
    pub archive: Arc<dyn Archive>,
}

pub(super) struct Store<S> {
    pub(super) ports: Ports,
    pub(super) sabotage: Arc<S>,
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
        self.sabotage.ping_users(&self.ports).await
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

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        self.sabotage.extend_session(&self.ports, id, expires_at).await
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.sabotage.remove_session(&self.ports, id).await
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.sabotage.remove_expired_sessions(&self.ports, now).await
    }
}

#[async_trait]
impl<S: Sabotage> ProfileRepo for Store<S> {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        self.sabotage.search(&self.ports, query, except, limit).await
    }

    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        self.sabotage.rename(&self.ports, id, name).await
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        self.sabotage.deactivate(&self.ports, id).await
    }
}

#[async_trait]
impl<S: Sabotage> ContactRepo for Store<S> {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        self.ports.contacts.policy_of(user).await
    }

    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        self.sabotage.set_policy(&self.ports, user, policy).await
    }

    async fn block(&self, block: Block) -> Result<(), WriteError> {
        self.sabotage.block(&self.ports, block).await
    }

    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        self.sabotage.unblock(&self.ports, user, blocked).await
    }

    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        self.sabotage.list_blocked(&self.ports, user, after, limit).await
    }

    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        self.sabotage.stances(&self.ports, of, towards).await
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

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        self.sabotage.share_a_room(&self.ports, user, others, now).await
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
        self.sabotage.ping_rooms(&self.ports).await
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

#[async_trait]
impl<S: Sabotage> Archive for Store<S> {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        self.ports.archive.count(unit).await
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        self.sabotage.export(&self.ports, unit, after, limit).await
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        self.sabotage.unfinished_import(&self.ports).await
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.sabotage.begin_import(&self.ports, mark).await
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        self.sabotage.import(&self.ports, step).await
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.sabotage.finish_import(&self.ports, mark).await
    }
}
