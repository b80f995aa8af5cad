//! Where what users were told is kept: in the room store, written by [`RoomRepo::commit`](super::RoomRepo::commit).

use async_trait::async_trait;

use super::{ReadError, WriteError};
use crate::{InboxPage, Seq, Timestamp, UserId};

/// The inboxes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait InboxRepo: Send + Sync {
    /// Up to `limit` entries of `user` after the place `since`, with the head of the inbox.
    ///
    /// - MUST answer consecutive entries in ascending order: law `an_inbox_is_read_from_a_place_on`.
    /// - MUST answer as many as there are up to `limit`, 0 and [`u32::MAX`] included: law
    ///   `pages_are_as_long_as_asked_for`.
    /// - MUST take any place, also one beyond the head up to the largest number, and then answer the head alone: law
    ///   `a_place_of_any_number_is_answered`.
    /// - MUST answer that there is nothing when nothing was ever written: law
    ///   `an_empty_store_answers_everything_with_nothing`.
    /// - MUST answer a head that is not older than the entries beside it, and never an entry whose predecessor is yet
    ///   to appear: law `inboxes_stay_dense_under_concurrency`.
    /// - MUST keep every event unchanged: law `every_kind_of_event_comes_back_as_it_went_in`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_entry_is_corrupt`.
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError>;

    /// The heads of those of `users` that ever had an entry, in any order, each once.
    ///
    /// - MUST bear any number of users: law `heads_of_many_inboxes_are_read_at_once`.
    ///
    /// It takes one query for 250 users at least; the tests of the adapters on engines count them.
    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError>;

    /// Forgets the entries whose event is older than `before`, except each user's newest one, and answers how many
    /// they were.
    ///
    /// - MUST forget from the old end only, so that what is left has no gap, and MUST never use a place again: law
    ///   `forgetting_leaves_no_gap_and_keeps_the_head`; also when entries are added at the same time: law
    ///   `a_place_is_never_used_again_while_others_are_forgotten`.
    /// - MUST be durable before it answers, with the head and the place up to which it forgot: law
    ///   `what_was_forgotten_is_known_after_reopening`.
    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError>;
}
