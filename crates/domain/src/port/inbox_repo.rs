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
    /// - MUST answer a head that is not older than the entries beside it, and never an entry whose predecessor is yet
    ///   to appear: law `inboxes_stay_dense_under_concurrency`.
    /// - MUST keep every event unchanged: law `every_kind_of_event_comes_back_as_it_went_in`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_entry_is_corrupt`.
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError>;

    /// The heads of those of `users` that ever had an entry, in any order.
    ///
    /// - MUST ask the engine once for up to 1,000 users: law `heads_of_many_inboxes_are_read_at_once`.
    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError>;

    /// Forgets the entries whose event is older than `before`, except each user's newest one, and answers how many
    /// they were.
    ///
    /// - MUST forget from the old end only, so that what is left has no gap, and MUST never use a place again: law
    ///   `forgetting_leaves_no_gap_and_keeps_the_head`.
    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError>;
}
