//! Who may open rooms with oneself.

use std::sync::Arc;

use super::patient_write::knowing_the_outcome;
use crate::port::{ContactRepo, ReadError, WriteError};
use crate::{ContactPolicy, UserId};

/// Tells and changes a user's contact policy.
pub struct ContactSettings {
    contacts: Arc<dyn ContactRepo>,
}

impl ContactSettings {
    /// Wires the use case.
    #[must_use]
    pub fn new(contacts: Arc<dyn ContactRepo>) -> Self {
        Self { contacts }
    }

    /// The policy of `user`.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        self.contacts.policy_of(user).await
    }

    /// Sets the policy of `user`; it holds for the rooms that are opened from now on.
    ///
    /// # Errors
    /// [`WriteError`] when the store does not answer.
    pub async fn change(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        knowing_the_outcome(|| self.contacts.set_policy(user, policy)).await?;
        tracing::info!(user_id = %user, policy = policy.as_str(), "contact policy changed");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{engine_says, user_id};
    use super::*;
    use crate::mocks::MockContactRepo;

    #[tokio::test]
    async fn a_policy_is_set_for_its_user_and_asked_of_the_store() {
        let mut order = mockall::Sequence::new();
        let mut contacts = MockContactRepo::new();
        contacts
            .expect_set_policy()
            .withf(|user, policy| (*user, *policy) == (user_id(1), ContactPolicy::Nobody))
            .times(1)
            .in_sequence(&mut order)
            .returning(|_, _| Err(WriteError::OutcomeUnknown(engine_says())));
        contacts.expect_set_policy().once().in_sequence(&mut order).returning(|_, _| Ok(()));
        contacts.expect_policy_of().once().in_sequence(&mut order).returning(|_| Ok(ContactPolicy::Nobody));
        let settings = ContactSettings::new(Arc::new(contacts));
        settings.change(user_id(1), ContactPolicy::Nobody).await.unwrap();
        assert_eq!(settings.policy_of(user_id(1)).await.unwrap(), ContactPolicy::Nobody);
    }
}
