//! Broken stores: one for each law, which must fail it.
//!
//! A [`Sabotage`] says what goes wrong, and [`Sabotaged`] is any store to which it happens. Each is a mistake that a
//! real adapter makes: an unguarded update, a check before the transaction, a column that is too coarse.

mod changes;
mod corruption;
mod inbox;
mod people;
mod ports;
mod races;
mod reads;
mod refusals;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use parlour_domain::port::{
    CommitError, Committed, InboxRepo, InsertUserError, ReadError, RoomRepo, SessionRepo, UserRepo, WriteError,
};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, InboxPage, Room, RoomCommit, RoomCursor, RoomId, Seq, Session,
    SessionId, Timestamp, TokenHash, User, UserId, Username,
};

pub use changes::{
    AnswersNoEntries, ForgetsCommits, NeverFreesPairs, NeverReplacesKeys, WritesRoomsLater, WritesTheRoomBeforeItWaits,
};
pub use corruption::{CallsBadRoomsAbsent, LeavesOutBadUsers, SkipsBadEntries};
pub use inbox::{BindsAThousandUsers, CallsTheExpiredDeleted, ForgetsWhateverIsOld, ReadsThePlaceAgain};
pub use people::{
    BindsAFewThousandIds, CachesTokens, ForgetsVerification, KeepsRefusedUsers, KeepsWholeSeconds,
    ListsEverybodysSessions, MindsTheCase, RefusesTheSameSessionAgain, RefusesTheSameUserAgain,
    RemovesSessionsTooEarly, RepeatsTheLastUser, WritesUsersLater,
};
pub use ports::Sabotaged;
pub use races::{
    ChecksNamesThenInserts, ChecksPairsThenCreates, ChecksRevisionsThenChanges, CountsThenWrites,
    ShowsEntriesBeforeTheirPredecessors,
};
pub use reads::{
    CutsMicroseconds, ForgetsAnswersTooEarly, IgnoresTheCaseOfKeys, ListsExpiredRooms, MindsWhoCreated, PagesByOffset,
    SkipsEqualInstants, SweepsTooEarly,
};
pub use refusals::{IgnoresKeys, IgnoresPairs, IgnoresRevisions, OverwritesRooms, WritesTheAnswerFirst};

/// The ports of the store that is sabotaged.
#[derive(Clone)]
pub struct Ports {
    /// Its users.
    pub users: Arc<dyn UserRepo>,
    /// Its sessions.
    pub sessions: Arc<dyn SessionRepo>,
    /// Its rooms.
    pub rooms: Arc<dyn RoomRepo>,
    /// Its inboxes.
    pub inboxes: Arc<dyn InboxRepo>,
}

/// What goes wrong, method by method; what is left out goes right. Each method is the one of the port that its name
/// says, and `to` is the honest store.
#[expect(missing_docs, reason = "the ports document their methods")]
#[async_trait]
pub trait Sabotage: Default + Send + Sync + 'static {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        to.users.insert(user).await
    }
    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        to.users.find_many(ids).await
    }
    async fn find_username(&self, to: &Ports, username: &Username) -> Result<Option<User>, ReadError> {
        to.users.find_by_username(username).await
    }
    async fn list_users(&self, to: &Ports, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        to.users.list(after, limit).await
    }
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        to.sessions.insert(session).await
    }
    async fn find_token(&self, to: &Ports, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        to.sessions.find_by_token(hash).await
    }
    async fn list_sessions(&self, to: &Ports, user: UserId) -> Result<Vec<Session>, ReadError> {
        to.sessions.list_of(user).await
    }
    async fn remove_session(&self, to: &Ports, id: SessionId) -> Result<bool, WriteError> {
        to.sessions.remove(id).await
    }
    async fn remove_expired_sessions(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.sessions.remove_expired(now).await
    }
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        to.rooms.commit(commit).await
    }
    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        to.rooms.find(id).await
    }
    async fn find_direct(&self, to: &Ports, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        to.rooms.find_direct(pair).await
    }
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        to.rooms.list_of(user, now, after, limit).await
    }
    async fn list_expired(&self, to: &Ports, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        to.rooms.list_expired(now, limit).await
    }
    async fn find_answer(
        &self,
        to: &Ports,
        caller: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, ReadError> {
        to.rooms.find_answer(caller, key).await
    }
    async fn forget_answers(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.rooms.forget_answers(now).await
    }
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        to.inboxes.read(user, since, limit).await
    }
    async fn heads(&self, to: &Ports, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        to.inboxes.heads(users).await
    }
    async fn forget_entries(&self, to: &Ports, before: Timestamp) -> Result<u64, WriteError> {
        to.inboxes.forget(before).await
    }
}

/// Nothing goes wrong: with it a [`Sabotaged`] store obeys every law.
#[derive(Debug, Default)]
pub struct Nothing;

impl Sabotage for Nothing {}

/// What a broken store keeps to itself. A law that fails elsewhere is no reason to fail here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
