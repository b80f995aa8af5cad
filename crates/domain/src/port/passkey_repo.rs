//! Where passkeys are kept: in the user store.

use async_trait::async_trait;

use super::{AddPasskeyError, ReadError, RegisterError, WriteError};
use crate::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};

/// The passkeys of all users.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasskeyRepo: Send + Sync {
    /// Adds a user together with their first passkey.
    ///
    /// - MUST add both or neither: laws `a_registration_is_whole_or_absent`,
    ///   `of_racing_registrations_with_passkeys_one_name_has_one_winner`.
    /// - MUST answer success when the very same user and passkey are registered again: law
    ///   `the_same_registration_again_has_one_effect`.
    /// - MUST be durable before it answers: law `passkeys_and_ceremonies_are_there_after_reopening`.
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError>;

    /// Adds a passkey of a user who is there.
    ///
    /// - MUST refuse an id that any passkey of any user has, also when many try at once, and then change nothing: law
    ///   `a_credential_belongs_to_one_user`.
    /// - MUST refuse the passkey of a user who does not exist or is not active: law
    ///   `nobody_adds_a_passkey_for_a_user_who_is_not_active`.
    /// - MUST refuse one whose user handle is not that of the user's others, also when many are added at once: law
    ///   `all_passkeys_of_a_user_have_one_handle`.
    /// - MUST answer success when the very same passkey is added again: law `adding_the_same_passkey_again_has_one_effect`.
    /// - MUST keep every field unchanged: law `a_passkey_comes_back_as_it_went_in`.
    /// - MUST be durable before it answers, and not only once the store is closed: law
    ///   `users_and_sessions_are_there_after_a_crash`.
    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError>;

    /// The passkey of that id.
    ///
    /// - MUST compare the whole id: law `a_passkey_is_found_by_its_whole_id`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_passkey_is_corrupt`.
    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError>;

    /// All passkeys of a user in the order of their creation, those of one instant in the order of their ids.
    ///
    /// - MUST list no one else's: law `a_users_passkeys_are_listed`.
    /// - MUST report a row that no longer parses as [`ReadError::Corrupt`]: law `a_poisoned_passkey_is_corrupt`.
    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError>;

    /// Notes that a passkey was used, and answers whether the store had the expected counter.
    ///
    /// - MUST change nothing when there is no such passkey or its counter is another one, also when many try at once: law
    ///   `of_racing_uses_of_one_counter_one_counts`; nor when it is removed or its user deactivated at the same time: law
    ///   `a_use_brings_no_passkey_back`.
    /// - MUST be durable before it answers: law `passkeys_and_ceremonies_are_there_after_reopening`.
    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError>;

    /// Removes a passkey of that user.
    ///
    /// - MUST keep a user's only passkey, also when many are removed at once: law `the_last_passkey_is_never_removed`.
    /// - MUST not remove another user's: law `nobody_removes_a_passkey_of_somebody_else`.
    /// - MUST be durable before it answers: law `passkeys_and_ceremonies_are_there_after_reopening`.
    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError>;
}
