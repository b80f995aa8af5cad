//! Where rooms are kept, and the one write that changes them.

use async_trait::async_trait;

use super::{CommitError, ReadError, WriteError};
use crate::{
    DirectPair, IdempotencyKey, IdempotencyRecord, InboxEntry, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};

/// What a store answers when a commit is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It was applied now; these inbox entries were written, in any order across users.
    Applied(Vec<InboxEntry>),
    /// It had been applied before, and nothing was written now.
    AlreadyApplied,
}

/// The rooms, with their participants and the answered requests.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait RoomRepo: Send + Sync {
    /// Applies a commit: all of it or nothing.
    ///
    /// - MUST write the room, its participants, one inbox entry per recipient and event, and the idempotency record
    ///   together or not at all, whichever of them is refused: law `a_refused_commit_writes_nothing`; also when the
    ///   caller drops the future: law `a_dropped_commit_is_whole_or_absent`.
    /// - MUST answer [`CommitError::Conflict`] when the room is not as [`Expected`](crate::Expected) says: laws
    ///   `a_stale_revision_conflicts`, `a_room_is_created_once`; of racing commits on one revision exactly one MUST
    ///   win: law `of_racing_changes_of_one_room_exactly_one_wins`.
    /// - MUST keep one direct room per [`DirectPair`] and answer `Conflict` to a second one: laws
    ///   `a_pair_has_one_direct_room`, `of_racing_direct_rooms_of_one_pair_exactly_one_wins`; MUST allow a new one
    ///   once it is gone: law `a_pair_may_have_a_new_direct_room_after_deletion`.
    /// - MUST answer `Conflict` when the idempotency key of that caller is remembered, unless that record's
    ///   `expires_at` is not later than the new record's `created_at`; then it is replaced: laws
    ///   `a_remembered_key_conflicts`, `an_expired_key_is_replaced`.
    /// - MUST answer [`Committed::AlreadyApplied`] and write nothing when the same commit id was applied before, also
    ///   after other commits on that room and after its end: law `the_same_commit_twice_has_one_effect`. That is asked
    ///   before anything else is checked.
    /// - MUST number each user's inbox entries densely: 1, 2, 3, in the order of a commit's events, also under
    ///   concurrency: law `inboxes_stay_dense_under_concurrency`; the entries it answers MUST be those written: law
    ///   `a_commit_answers_the_entries_it_wrote`.
    /// - MUST be durable before it answers: law `rooms_and_inboxes_are_there_after_reopening`.
    /// - MUST keep every field unchanged: law `a_room_comes_back_as_it_went_in`.
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError>;

    /// The room of that id, also when its time is over and it was not swept yet.
    ///
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_room_is_corrupt`.
    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError>;

    /// The direct room of that pair.
    ///
    /// - MUST find it whichever of the two created it: law `a_direct_room_is_found_by_its_pair`.
    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError>;

    /// Up to `limit` rooms that `user` is in and that are not expired at `now`, newest activity first (see
    /// [`RoomCursor`]), those after the place `after`.
    ///
    /// - MUST list every room once over consecutive pages, in order: law `rooms_are_listed_in_pages`.
    /// - MUST neither repeat nor skip a room when others are created between two pages: law
    ///   `pages_are_stable_under_inserts`.
    /// - MUST leave out expired rooms and those of others: law `only_ones_own_living_rooms_are_listed`.
    ///
    /// It takes at most two queries, whatever the number of rooms; the tests of each adapter count them.
    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError>;

    /// Up to `limit` rooms whose time is over at `now`, the longest expired first.
    ///
    /// - MUST leave out rooms that live: law `expired_rooms_are_found_for_the_sweep`.
    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError>;

    /// The request that `caller` made under that key, also when its record has expired and was not forgotten yet.
    ///
    /// - MUST find it with every field unchanged, and no other caller's: law `an_answer_is_remembered_per_caller`.
    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError>;

    /// Forgets the idempotency records that have expired at `now`, and answers how many they were.
    ///
    /// - MUST leave those that expire later: law `only_expired_answers_are_forgotten`.
    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError>;

    /// Whether the engine answers at all, for the readiness check.
    async fn ping(&self) -> Result<(), ReadError>;
}
