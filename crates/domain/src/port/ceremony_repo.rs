//! Where ceremonies wait for their second half: in the user store.

use async_trait::async_trait;

use super::{TakeError, WriteError};
use crate::{Ceremony, ChallengeHash, Timestamp};

/// The ceremonies that were begun. They live for minutes, so they are no part of the [`Archive`](super::Archive).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait CeremonyRepo: Send + Sync {
    /// Keeps a ceremony.
    ///
    /// - MUST answer success when the very same ceremony is inserted again: law
    ///   `inserting_the_same_ceremony_again_has_one_effect`.
    /// - MUST be durable before it answers: law `passkeys_and_ceremonies_are_there_after_reopening`.
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError>;

    /// Takes the ceremony of that challenge out of the store, expired or not.
    ///
    /// - MUST give it to one caller only, also when many ask at once: law `a_ceremony_is_taken_once`.
    /// - MUST be durable before it answers: law `passkeys_and_ceremonies_are_there_after_reopening`.
    /// - MUST keep every field unchanged: law `a_ceremony_comes_back_as_it_went_in`.
    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError>;

    /// Removes the ceremonies that have expired at `now`, and answers how many they were.
    ///
    /// - MUST leave those that expire later: law `only_expired_ceremonies_are_removed`.
    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError>;
}
