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
    ///   caller drops the future: law `a_dropped_commit_is_whole_or_absent`; whoever reads meanwhile MUST find all of it or
    ///   nothing: law `a_commit_is_seen_as_a_whole`.
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
    /// - MUST let exactly one win of racing commits under one key of one caller: law
    ///   `of_racing_commits_under_one_key_exactly_one_wins`.
    /// - MUST write an entry for each of up to 256 recipients: law `a_commit_reaches_everyone_in_the_largest_room`.
    /// - MUST number each user's inbox entries densely: 1, 2, 3, in the order of a commit's events, also under
    ///   concurrency: law `inboxes_stay_dense_under_concurrency`; the entries it answers MUST be those written: law
    ///   `a_commit_answers_the_entries_it_wrote`.
    /// - MUST let in whom the commit adds and out whom it removes together with the room's revision, so that whoever
    ///   lists or finds the room sees either all of it or nothing: law `a_change_of_people_changes_who_lists_the_room`.
    /// - MUST leave somebody who is both removed and added in the room as they were added (see
    ///   [`ParticipantChange`](crate::ParticipantChange)), and whom the commit does not name as they were: law
    ///   `a_changed_participant_is_replaced_and_the_others_stay`.
    /// - MUST be durable before it answers: law `rooms_and_inboxes_are_there_after_reopening`; and not only once the store
    ///   is closed: law `rooms_and_inboxes_are_there_after_a_crash`.
    /// - MUST keep every field unchanged: law `a_room_comes_back_as_it_went_in`.
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError>;

    /// The room of that id, also when its time is over and it was not swept yet.
    ///
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_room_is_corrupt`.
    /// - MUST answer that there is nothing when nothing was ever written: law
    ///   `an_empty_store_answers_everything_with_nothing`.
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
    /// - MUST answer as many as there are up to `limit`, 0 and [`u32::MAX`] included: law
    ///   `pages_are_as_long_as_asked_for`.
    /// - MUST take any place `after`, also one whose room is gone: law `a_page_goes_on_from_a_place_where_nothing_is`.
    ///
    /// It takes at most two queries, whatever the number of rooms; the tests of the adapters on engines count
    /// them.
    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError>;

    /// Those of `others` who are in a room with `user` that is not expired at `now`: in any order, each once, `user`
    /// never.
    ///
    /// - MUST look at every living room of the user, and at no other: law `those_who_share_a_live_room_are_found`.
    ///
    /// It takes one query for those who have a direct room with the user, and bounded ones for the rest, until everyone is
    /// found or one side, the user's or the other's, has no more rooms: whoever is in few rooms makes it short. The tests
    /// of the adapters on engines count them.
    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError>;

    /// Up to `limit` rooms whose time is over at `now`, the longest expired first.
    ///
    /// - MUST leave out rooms that live: law `expired_rooms_are_found_for_the_sweep`.
    /// - MUST pass over a row that no longer parses, so that it does not keep the others from being swept: law
    ///   `a_poisoned_room_is_corrupt`.
    /// - MUST answer as many as there are up to `limit`: law `pages_are_as_long_as_asked_for`.
    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError>;

    /// The request that `caller` made under that key, also when its record has expired and was not forgotten yet.
    ///
    /// - MUST find it with every field unchanged, and no other caller's: law `an_answer_is_remembered_per_caller`.
    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError>;

    /// Forgets the idempotency records that have expired at `now`, and answers how many they were.
    ///
    /// - MUST leave those that expire later, and every applied commit known: law `only_expired_answers_are_forgotten`; also
    ///   those that replace an expired one at the same time: law `an_answer_that_replaces_another_is_never_forgotten`.
    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError>;

    /// Whether the engine answers at all, for the readiness check.
    ///
    /// - MUST answer success while it does: law `a_store_that_is_open_answers_a_ping`.
    async fn ping(&self) -> Result<(), ReadError>;
}
