//! What changes about a user after the registration, and how users are searched for.

use async_trait::async_trait;

use super::{ReadError, WriteError};
use crate::{DisplayName, SearchQuery, SessionId, User, UserId};

/// The profiles of users.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ProfileRepo: Send + Sync {
    /// Up to `limit` active users that the query [finds](SearchQuery::rank), without `except`, best match first, equal
    /// ones in the order of their username's key.
    ///
    /// - MUST find and order as [`SearchQuery::rank`] does, whatever the case, the accents and the wildcards of the
    ///   engine's own: law `a_search_finds_and_orders_like_the_rank`.
    /// - MUST see a user who has just registered, and a name that has just changed: law `a_search_sees_the_newest_names`.
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError>;

    /// Changes the display name of an active user, and answers whether there is one.
    ///
    /// - MUST change nothing else: law `a_new_display_name_is_all_that_changes`; and no user who is deactivated, also when
    ///   that happens at the same time: law `a_rename_brings_nobody_back`.
    /// - MUST be durable before it answers: law `a_new_display_name_is_there_after_reopening`; and not only once the store
    ///   is closed: law `users_and_sessions_are_there_after_a_crash`.
    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError>;

    /// Deactivates a user: inactive, named [`DisplayName::tombstone`], without sessions and passkeys. Answers the
    /// sessions that went; `None` when there is no such user.
    ///
    /// - MUST do all of it or nothing, and be durable before it answers: law `a_deactivated_user_keeps_only_the_name`; also
    ///   all or nothing when the caller drops the future: law `a_dropped_deactivation_is_whole_or_absent`.
    /// - MUST let whoever reads meanwhile find all of it or nothing: law `a_deactivation_is_seen_as_a_whole`.
    /// - MUST leave no session and no passkey that can be found, also of those that are added at the same time: law
    ///   `nothing_is_left_of_a_deactivated_user_under_races`.
    /// - MUST keep the username taken: law `the_username_of_a_deactivated_user_stays_taken`.
    /// - MUST have one effect when it is repeated: law `deactivating_twice_has_one_effect`.
    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError>;
}
