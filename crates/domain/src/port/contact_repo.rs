//! Who may open rooms with whom: in the user store.

use async_trait::async_trait;

use super::{ReadError, WriteError};
use crate::{Block, ContactPolicy, Stance, UserId};

/// What users have said about who may open rooms with them. Whoever said nothing is open to
/// [everyone](ContactPolicy::Everyone) and blocks nobody.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ContactRepo: Send + Sync {
    /// The policy of a user.
    ///
    /// - MUST answer the one that was set last: law `a_contact_policy_comes_back_as_it_was_set`; also after the store was
    ///   closed and opened again: law `policies_and_blocks_are_there_after_reopening`.
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError>;

    /// Sets the policy of a user.
    ///
    /// - MUST be durable before it answers: law `policies_and_blocks_are_there_after_reopening`; and not only once the store
    ///   is closed: law `users_and_sessions_are_there_after_a_crash`.
    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError>;

    /// Adds a block.
    ///
    /// - MUST keep the first one when the pair is blocked again: law `blocking_again_has_one_effect`.
    /// - MUST be durable before it answers: law `policies_and_blocks_are_there_after_reopening`; and not only once the store
    ///   is closed: law `users_and_sessions_are_there_after_a_crash`.
    async fn block(&self, block: Block) -> Result<(), WriteError>;

    /// Removes a block, and answers whether there was one.
    ///
    /// - MUST touch no other pair, the reverse one included: law `a_block_holds_for_one_direction`.
    /// - MUST be durable before it answers: law `policies_and_blocks_are_there_after_reopening`.
    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError>;

    /// Up to `limit` blocks of a user in the order of the blocked ids, those after `after`.
    ///
    /// - MUST list every one once over consecutive pages, and no one else's: law `blocks_are_listed_in_pages`.
    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError>;

    /// How each of `of` stands towards one user, in any order; those may be left out who are open to everyone and do not
    /// block that user.
    ///
    /// - MUST answer what was set and blocked last, of any number of users: law
    ///   `stances_are_those_of_policies_and_blocks`.
    ///
    /// It takes one query for up to 1,000 ids; the tests of the adapters on engines count them.
    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError>;
}
