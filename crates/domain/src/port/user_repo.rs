//! Where users are kept.

use async_trait::async_trait;

use super::{InsertUserError, ReadError};
use crate::{User, UserId, Username};

/// The users.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait UserRepo: Send + Sync {
    /// Adds a user.
    ///
    /// - MUST refuse a name whose [`key`](Username::key) another user has, also when many try at once, and then change
    ///   nothing: law `of_racing_registrations_of_one_name_exactly_one_wins`, `a_taken_username_changes_nothing`.
    /// - MUST answer success when the very same user is inserted again: law
    ///   `inserting_the_same_user_again_has_one_effect`.
    /// - MUST keep every field unchanged: law `a_user_comes_back_as_it_went_in`.
    /// - MUST be durable before it answers: law `users_and_sessions_are_there_after_reopening`; and not only once the store
    ///   is closed: law `users_and_sessions_are_there_after_a_crash`.
    async fn insert(&self, user: User) -> Result<(), InsertUserError>;

    /// Those of `ids` that exist, active or not, in any order, each once.
    ///
    /// - MUST bear any number of ids: law `many_users_are_found_at_once`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_user_is_corrupt`.
    ///
    /// It takes one query for up to 1,000 ids; the tests of the adapters on engines count them.
    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError>;

    /// The user of that name, in the sense of [`key`](Username::key).
    ///
    /// - MUST find a name in any case: law `a_user_is_found_by_a_name_in_any_case`.
    /// - MUST answer that there is nothing when nothing was ever written: law
    ///   `an_empty_store_answers_everything_with_nothing`.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError>;

    /// Up to `limit` users in the order of their ids, those after `after`.
    ///
    /// - MUST list every user once over consecutive pages: law `users_are_listed_in_pages`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_user_is_corrupt`.
    /// - MUST answer as many as there are up to `limit`, 0 and [`u32::MAX`] included: law
    ///   `pages_are_as_long_as_asked_for`.
    /// - MUST take any `after`, also one that no user has: law `a_page_goes_on_from_a_place_where_nothing_is`.
    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError>;

    /// Whether the engine answers at all, for the readiness check.
    ///
    /// - MUST answer success while it does: law `a_store_that_is_open_answers_a_ping`.
    async fn ping(&self) -> Result<(), ReadError>;
}
