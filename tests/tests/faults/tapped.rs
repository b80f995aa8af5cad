//! Every port once more, with a [`Tap`] before it. No method has a default: a new one does not go untapped.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    AddPasskeyError, CeremonyRepo, CommitError, Committed, ContactRepo, Disconnector, InboxRepo, InsertUserError,
    Notice, Notifier, NotifyError, PasskeyRepo, ProfileRepo, ReadError, RegisterError, RoomRepo, SessionRepo,
    TakeError, UserRepo, WriteError,
};
use parlour_domain::{
    Block, Ceremony, ChallengeHash, ContactPolicy, CredentialId, DirectPair, DisplayName, IdempotencyKey,
    IdempotencyRecord, InboxPage, Passkey, PasskeyRemoval, PasskeyUse, Room, RoomCommit, RoomCursor, RoomId,
    SearchQuery, Seq, Session, SessionId, Stance, Timestamp, TokenHash, User, UserId, Username,
};

use crate::failure::Lost;
use crate::tap::{Tap, Write};

pub(crate) struct Tapped<P: ?Sized> {
    pub(crate) port: Arc<P>,
    pub(crate) tap: Arc<Tap>,
}

#[async_trait]
impl UserRepo for Tapped<dyn UserRepo> {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        self.tap.note(Write::User(user.clone()));
        self.tap.pass("UserRepo", "insert", self.port.insert(user)).await
    }
    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        self.tap.pass("UserRepo", "find_many", self.port.find_many(ids)).await
    }
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        self.tap.pass("UserRepo", "find_by_username", self.port.find_by_username(username)).await
    }
    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        self.tap.pass("UserRepo", "list", self.port.list(after, limit)).await
    }
    async fn ping(&self) -> Result<(), ReadError> {
        self.tap.pass("UserRepo", "ping", self.port.ping()).await
    }
}

#[async_trait]
impl SessionRepo for Tapped<dyn SessionRepo> {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        self.tap.note(Write::Session(session.clone()));
        self.tap.pass("SessionRepo", "insert", self.port.insert(session)).await
    }
    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        self.tap.pass("SessionRepo", "find_by_token", self.port.find_by_token(hash)).await
    }
    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        self.tap.pass("SessionRepo", "list_of", self.port.list_of(user)).await
    }
    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        self.tap.pass("SessionRepo", "extend", self.port.extend(id, expires_at)).await
    }
    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.tap.note(Write::Removal(id));
        self.tap.pass("SessionRepo", "remove", self.port.remove(id)).await
    }
    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.tap.pass("SessionRepo", "remove_expired", self.port.remove_expired(now)).await
    }
}

#[async_trait]
impl PasskeyRepo for Tapped<dyn PasskeyRepo> {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        self.tap.note(Write::Registration(user.clone(), passkey.clone()));
        self.tap.pass("PasskeyRepo", "register", self.port.register(user, passkey)).await
    }
    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        self.tap.note(Write::Passkey(passkey.clone()));
        self.tap.pass("PasskeyRepo", "add", self.port.add(passkey)).await
    }
    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        self.tap.pass("PasskeyRepo", "find", self.port.find(id)).await
    }
    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        self.tap.pass("PasskeyRepo", "list_of", self.port.list_of(user)).await
    }
    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        self.tap.pass("PasskeyRepo", "record_use", self.port.record_use(used)).await
    }
    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        self.tap.note(Write::PasskeyRemoval(user, id.clone()));
        self.tap.pass("PasskeyRepo", "remove", self.port.remove(user, id)).await
    }
}

/// A challenge is given to nobody before its ceremony is kept, so that a repeated insertion would bring back one that was
/// answered: no use case repeats it, and it is no [`Write`].
#[async_trait]
impl CeremonyRepo for Tapped<dyn CeremonyRepo> {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        self.tap.pass("CeremonyRepo", "insert", self.port.insert(ceremony)).await
    }
    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        self.tap.pass("CeremonyRepo", "take", self.port.take(challenge)).await
    }
    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.tap.pass("CeremonyRepo", "remove_expired", self.port.remove_expired(now)).await
    }
}

#[async_trait]
impl ProfileRepo for Tapped<dyn ProfileRepo> {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        self.tap.pass("ProfileRepo", "search", self.port.search(query, except, limit)).await
    }
    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        self.tap.note(Write::Renaming(id, name.clone()));
        self.tap.pass("ProfileRepo", "rename", self.port.rename(id, name)).await
    }
    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        self.tap.note(Write::Deactivation(id));
        self.tap.pass("ProfileRepo", "deactivate", self.port.deactivate(id)).await
    }
}

#[async_trait]
impl ContactRepo for Tapped<dyn ContactRepo> {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        self.tap.pass("ContactRepo", "policy_of", self.port.policy_of(user)).await
    }
    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        self.tap.note(Write::Policy(user, policy));
        self.tap.pass("ContactRepo", "set_policy", self.port.set_policy(user, policy)).await
    }
    async fn block(&self, block: Block) -> Result<(), WriteError> {
        self.tap.note(Write::Block(block));
        self.tap.pass("ContactRepo", "block", self.port.block(block)).await
    }
    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        self.tap.note(Write::Unblocking(user, blocked));
        self.tap.pass("ContactRepo", "unblock", self.port.unblock(user, blocked)).await
    }
    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        self.tap.pass("ContactRepo", "list_blocked", self.port.list_blocked(user, after, limit)).await
    }
    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        self.tap.pass("ContactRepo", "stances", self.port.stances(of, towards)).await
    }
}

#[async_trait]
impl RoomRepo for Tapped<dyn RoomRepo> {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.tap.note(Write::Commit(commit.clone()));
        self.tap.pass("RoomRepo", "commit", self.port.commit(commit)).await
    }
    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.tap.pass("RoomRepo", "find", self.port.find(id)).await
    }
    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        self.tap.pass("RoomRepo", "find_direct", self.port.find_direct(pair)).await
    }
    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        self.tap.pass("RoomRepo", "list_of", self.port.list_of(user, now, after, limit)).await
    }
    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        self.tap.pass("RoomRepo", "share_a_room", self.port.share_a_room(user, others, now)).await
    }
    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.tap.pass("RoomRepo", "list_expired", self.port.list_expired(now, limit)).await
    }
    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        self.tap.pass("RoomRepo", "find_answer", self.port.find_answer(caller, key)).await
    }
    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.tap.pass("RoomRepo", "forget_answers", self.port.forget_answers(now)).await
    }
    async fn ping(&self) -> Result<(), ReadError> {
        self.tap.pass("RoomRepo", "ping", self.port.ping()).await
    }
}

#[async_trait]
impl InboxRepo for Tapped<dyn InboxRepo> {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        self.tap.pass("InboxRepo", "read", self.port.read(user, since, limit)).await
    }
    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        self.tap.pass("InboxRepo", "heads", self.port.heads(users)).await
    }
    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        self.tap.pass("InboxRepo", "forget", self.port.forget(before)).await
    }
}

#[async_trait]
impl Notifier for Tapped<dyn Notifier> {
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        self.tap.pass("Notifier", "notify", self.port.notify(notices)).await
    }
}

#[async_trait]
impl Disconnector for Tapped<dyn Disconnector> {
    async fn disconnect(&self, sessions: Vec<SessionId>) {
        let _: Result<(), Lost> =
            self.tap.pass("Disconnector", "disconnect", silent(self.port.disconnect(sessions))).await;
    }
    async fn disconnect_user(&self, user: UserId) {
        let ending = silent(self.port.disconnect_user(user));
        let _: Result<(), Lost> = self.tap.pass("Disconnector", "disconnect_user", ending).await;
    }
}

/// It has no answer: a disconnection that fails is one that nobody hears of.
async fn silent<E>(disconnection: impl Future<Output = ()>) -> Result<(), E> {
    disconnection.await;
    Ok(())
}
