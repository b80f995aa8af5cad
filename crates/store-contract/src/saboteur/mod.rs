//! Broken stores: one for each law, which must fail it.
//!
//! A [`Sabotage`] says what goes wrong, and [`Sabotaged`] is any store to which it happens. Each is a mistake that a
//! real adapter makes: an unguarded update, a check before the transaction, a column that is too coarse.

mod archive;
mod bounds;
mod ceremonies;
mod changes;
mod closing;
mod contacts;
mod contests;
mod corruption;
mod inbox;
mod participants;
mod passkeys;
mod people;
mod ports;
mod profiles;
mod races;
mod reads;
mod refusals;
mod sabotaged;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use parlour_domain::port::{
    AddPasskeyError, ArchivePage, CommitError, Committed, ImportError, InsertUserError, ReadError, RegisterError,
    TakeError, WriteError,
};
use parlour_domain::{
    ArchiveKey, Block, Ceremony, ChallengeHash, ContactPolicy, CredentialId, DirectPair, DisplayName, IdempotencyKey,
    IdempotencyRecord, ImportMark, ImportStep, InboxPage, Passkey, PasskeyRemoval, PasskeyUse, Room, RoomCommit,
    RoomCursor, RoomId, SearchQuery, Seq, Session, SessionId, Stance, Timestamp, TokenHash, Unit, User, UserId,
    Username,
};

pub use archive::{
    BeginsAnywhere, ExportsOnlyGoodRecords, ExportsWithoutCase, IgnoresTheMark, ImportsNoCommits, ImportsNoMemberships,
    ImportsNothingForgotten, ImportsOneByOne, KeepsTheMarkInMemory, RefusesThePageAgain, SkipsOneBetweenPages,
};
pub use bounds::{
    AnswersHalfOfTheEntries, CallsAbsenceAnError, CapsPages, LooksForTheLastRoom, LosesItsPings, TakesPlacesForSigned,
};
pub use ceremonies::{
    ExtendsLater, LetsTheInactiveIn, ReadsCeremoniesThenDeletes, RefusesTheSameCeremonyAgain,
    RemovesCeremoniesTooEarly, SetsTheEndsOfSessions, TakesAdditionsForRegistrations,
};
pub use changes::{
    AnswersNoEntries, ForgetsCommits, NeverFreesPairs, NeverReplacesKeys, WritesRoomsLater, WritesTheRoomBeforeItWaits,
};
pub use closing::{WritesRoomsWhenClosed, WritesUsersWhenClosed};
pub use contacts::{
    AsksTheOtherWay, KeepsTheFirstPolicy, RepeatsTheLastBlock, ReplacesBlocks, UnblocksBothWays, WritesPoliciesLater,
};
pub use contests::{
    CleansUpAfterwards, LooksThenForgets, LooksThenSweeps, TellsAfterwards, WritesHeadsBack, WritesPasskeysBack,
    WritesSessionsBack, WritesUsersBack,
};
pub use corruption::{CallsBadRoomsAbsent, LeavesOutBadUsers, SkipsBadEntries};
pub use inbox::{
    BindsAThousandUsers, CallsTheExpiredDeleted, ForgetsWhatItForgot, ForgetsWhateverIsOld, ReadsThePlaceAgain,
};
pub use participants::{AddsBeforeItRemoves, KeepsListingRoomsToThoseWhoLeft, ReadsMembershipsThenRooms};
pub use passkeys::{
    AddsForAnybody, AddsTheUserFirst, CallsBadPasskeysAbsent, ChecksCountersThenRecords, ChecksCredentialsThenAdds,
    ChecksHandlesThenAdds, ChecksNamesThenRegisters, ComparesIdsWithoutTheirZeros, CountsPasskeysThenRemoves,
    CutsCounters, ListsPasskeysByTheirIds, RefusesTheSamePasskeyAgain, RefusesTheSameRegistrationAgain,
    RemovesAnybodysPasskeys, WritesPasskeysLater,
};
pub use people::{
    BindsAFewThousandIds, CachesTokens, ComparesHalfOfTheHash, ForgetsVerification, KeepsRefusedUsers,
    KeepsWholeSeconds, ListsEverybodysSessions, MindsTheCase, RefusesTheSameSessionAgain, RefusesTheSameUserAgain,
    RemovesSessionsTooEarly, RepeatsTheLastUser, WritesUsersLater,
};
pub use ports::Ports;
pub use profiles::{
    DeactivatesOnce, ForgetsVerificationWithTheName, FreesUsernames, LeavesASession, RemovesSessionsFirst,
    RenamesLater, SearchesOldNames, TakesWildcardsForWild, TrustsTokens,
};
pub use races::{
    ChecksKeysThenWrites, ChecksNamesThenInserts, ChecksPairsThenCreates, ChecksRevisionsThenChanges, CountsThenWrites,
    ShowsEntriesBeforeTheirPredecessors,
};
pub use reads::{
    CountsExpiredRooms, CutsMicroseconds, ForgetsAnswersTooEarly, IgnoresTheCaseOfKeys, ListsExpiredRooms,
    MindsWhoCreated, PagesByOffset, SkipsEqualInstants, SweepsTooEarly,
};
pub use refusals::{IgnoresKeys, IgnoresPairs, IgnoresRevisions, OverwritesRooms, WritesTheAnswerFirst};
pub use sabotaged::Sabotaged;

/// What goes wrong, method by method; what is left out goes right. Each method is the one of the port that its name
/// says, and `to` is the honest store.
#[expect(missing_docs, reason = "the ports document their methods")]
#[async_trait]
pub trait Sabotage: Default + Send + Sync + 'static {
    /// Before the store is closed in order.
    async fn close(&self, _: &Ports) {}
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
    async fn ping_users(&self, to: &Ports) -> Result<(), ReadError> {
        to.users.ping().await
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
    async fn extend_session(&self, to: &Ports, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        to.sessions.extend(id, expires_at).await
    }
    async fn register(&self, to: &Ports, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        to.passkeys.register(user, passkey).await
    }
    async fn add_passkey(&self, to: &Ports, passkey: Passkey) -> Result<(), AddPasskeyError> {
        to.passkeys.add(passkey).await
    }
    async fn find_passkey(&self, to: &Ports, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        to.passkeys.find(id).await
    }
    async fn list_passkeys(&self, to: &Ports, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        to.passkeys.list_of(user).await
    }
    async fn record_use(&self, to: &Ports, used: PasskeyUse) -> Result<bool, WriteError> {
        to.passkeys.record_use(used).await
    }
    async fn remove_passkey(&self, to: &Ports, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        to.passkeys.remove(user, id).await
    }
    async fn insert_ceremony(&self, to: &Ports, ceremony: Ceremony) -> Result<(), WriteError> {
        to.ceremonies.insert(ceremony).await
    }
    async fn take_ceremony(&self, to: &Ports, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        to.ceremonies.take(challenge).await
    }
    async fn remove_expired_ceremonies(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.ceremonies.remove_expired(now).await
    }
    async fn remove_session(&self, to: &Ports, id: SessionId) -> Result<bool, WriteError> {
        to.sessions.remove(id).await
    }
    async fn remove_expired_sessions(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.sessions.remove_expired(now).await
    }
    async fn search(
        &self,
        to: &Ports,
        query: &SearchQuery,
        except: UserId,
        limit: u32,
    ) -> Result<Vec<User>, ReadError> {
        to.profiles.search(query, except, limit).await
    }
    async fn rename(&self, to: &Ports, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        to.profiles.rename(id, name).await
    }
    async fn deactivate(&self, to: &Ports, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        to.profiles.deactivate(id).await
    }
    async fn set_policy(&self, to: &Ports, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        to.contacts.set_policy(user, policy).await
    }
    async fn block(&self, to: &Ports, block: Block) -> Result<(), WriteError> {
        to.contacts.block(block).await
    }
    async fn unblock(&self, to: &Ports, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        to.contacts.unblock(user, blocked).await
    }
    async fn list_blocked(
        &self,
        to: &Ports,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Block>, ReadError> {
        to.contacts.list_blocked(user, after, limit).await
    }
    async fn stances(&self, to: &Ports, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        to.contacts.stances(of, towards).await
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
    async fn share_a_room(
        &self,
        to: &Ports,
        user: UserId,
        others: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<UserId>, ReadError> {
        to.rooms.share_a_room(user, others, now).await
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
    async fn ping_rooms(&self, to: &Ports) -> Result<(), ReadError> {
        to.rooms.ping().await
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
    async fn export(
        &self,
        to: &Ports,
        unit: Unit,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        to.archive.export(unit, after, limit).await
    }
    async fn unfinished_import(&self, to: &Ports) -> Result<Option<ImportMark>, ReadError> {
        to.archive.unfinished_import().await
    }
    async fn begin_import(&self, to: &Ports, mark: ImportMark) -> Result<(), ImportError> {
        to.archive.begin_import(mark).await
    }
    async fn import(&self, to: &Ports, step: ImportStep) -> Result<(), ImportError> {
        to.archive.import(step).await
    }
    async fn finish_import(&self, to: &Ports, mark: ImportMark) -> Result<(), ImportError> {
        to.archive.finish_import(mark).await
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
