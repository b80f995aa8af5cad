//! Where sessions are kept: in the user store.

use async_trait::async_trait;

use super::{ReadError, WriteError};
use crate::{Session, SessionId, Timestamp, TokenHash, UserId};

/// The sessions.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SessionRepo: Send + Sync {
    /// Adds a session.
    ///
    /// - MUST answer success when the very same session is inserted again: law
    ///   `inserting_the_same_session_again_has_one_effect`.
    /// - MUST keep every field unchanged: law `a_session_comes_back_as_it_went_in`.
    /// - MUST take it whether its user is active, inactive or unknown: law `a_session_of_an_inactive_user_is_not_found`.
    /// - MUST be durable before it answers: law `users_and_sessions_are_there_after_reopening`; and not only once the store
    ///   is closed: law `users_and_sessions_are_there_after_a_crash`.
    async fn insert(&self, session: Session) -> Result<(), WriteError>;

    /// The session whose token has that hash, expired or not.
    ///
    /// - MUST compare the whole hash: law `a_session_is_found_by_its_whole_token`.
    /// - MUST answer that there is nothing when nothing was ever written: law
    ///   `an_empty_store_answers_everything_with_nothing`.
    /// - MUST answer nothing for a session whose user is there and not active: law
    ///   `a_session_of_an_inactive_user_is_not_found`.
    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError>;

    /// All sessions of a user, expired or not, in the order of their ids.
    ///
    /// - MUST list no one else's: law `a_users_sessions_are_listed`.
    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError>;

    /// Moves the end of a session to `expires_at` unless it is later already, and answers whether there is such a
    /// session.
    ///
    /// - MUST only ever move the end later, also when many ask at once: law `a_session_is_only_ever_extended`.
    /// - MUST extend no session that is removed, also when that happens at the same time: law
    ///   `an_extension_brings_no_session_back`.
    /// - MUST be durable before it answers: law `a_later_end_is_there_after_reopening`.
    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError>;

    /// Removes a session and answers whether there was one.
    ///
    /// - MUST be seen by every read that begins after it answered: law `a_removed_session_is_not_found`; also after the
    ///   store was closed and opened again: law `users_and_sessions_are_there_after_reopening`.
    async fn remove(&self, id: SessionId) -> Result<bool, WriteError>;

    /// Removes the sessions that have expired at `now`, and answers how many they were.
    ///
    /// - MUST leave those that expire later: law `only_expired_sessions_are_removed`; also those that are extended at the
    ///   same time: law `a_session_that_was_extended_is_never_swept`.
    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError>;
}
