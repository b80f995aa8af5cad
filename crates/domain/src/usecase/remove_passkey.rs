//! Removing a passkey from one's account.

use std::sync::Arc;

use crate::port::{Clock, PasskeyRepo, WriteError};
use crate::{Caller, CredentialId, PasskeyRemoval, SignInNeeded};

/// Removes passkeys.
pub struct RemovePasskey {
    passkeys: Arc<dyn PasskeyRepo>,
    clock: Arc<dyn Clock>,
}

/// Why a passkey was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemovePasskeyError {
    /// They have to sign in first.
    #[error(transparent)]
    SignInNeeded(#[from] SignInNeeded),
    /// The user has no such passkey.
    #[error("passkey not found")]
    NotFound,
    /// It is the user's only one: without it they could not sign in again.
    #[error("the last passkey stays")]
    Last,
    /// The store does not answer.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RemovePasskey {
    /// Wires the use case.
    #[must_use]
    pub fn new(passkeys: Arc<dyn PasskeyRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { passkeys, clock }
    }

    /// Removes a passkey of the caller, if it is not their only one. They have to have
    /// [just signed in](Caller::require_fresh_sign_in): a stolen session must not lock its user out.
    ///
    /// # Errors
    /// [`RemovePasskeyError`] says why it is still there, or perhaps is.
    pub async fn execute(&self, caller: &Caller, id: &CredentialId) -> Result<(), RemovePasskeyError> {
        caller.require_fresh_sign_in(self.clock.now())?;
        let user = caller.user_id;
        match self.passkeys.remove(user, id).await? {
            PasskeyRemoval::Removed => {
                tracing::info!(user_id = %user, "passkey removed");
                Ok(())
            }
            PasskeyRemoval::NotFound => Err(RemovePasskeyError::NotFound),
            PasskeyRemoval::Last => Err(RemovePasskeyError::Last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{caller, clock_at, engine_says, stopped_clock};
    use super::*;
    use crate::SIGN_IN_IS_FRESH_FOR;
    use crate::mocks::MockPasskeyRepo;

    fn id() -> CredentialId {
        CredentialId::from_bytes(vec![1]).unwrap()
    }

    async fn remove(
        answer: impl Fn() -> Result<PasskeyRemoval, WriteError> + Send + 'static,
    ) -> Option<RemovePasskeyError> {
        let mut passkeys = MockPasskeyRepo::new();
        passkeys.expect_remove().once().returning(move |_, _| answer());
        RemovePasskey::new(Arc::new(passkeys), stopped_clock()).execute(&caller(1), &id()).await.err()
    }

    #[tokio::test]
    async fn only_who_has_just_signed_in_removes_a_passkey() {
        let later = caller(1).signed_in_at.unwrap().after(SIGN_IN_IS_FRESH_FOR).as_micros() + 1;
        let vouched_for = Caller { session_id: None, signed_in_at: None, ..caller(1) };
        for (caller, now, needed) in
            [(caller(1), later, SignInNeeded::NotFresh), (vouched_for, later, SignInNeeded::NoSession)]
        {
            let mut passkeys = MockPasskeyRepo::new();
            passkeys.expect_remove().never();
            let refused = RemovePasskey::new(Arc::new(passkeys), clock_at(now)).execute(&caller, &id()).await;
            assert!(matches!(refused, Err(RemovePasskeyError::SignInNeeded(why)) if why == needed));
        }
    }

    #[tokio::test]
    async fn what_the_store_says_is_passed_on() {
        assert!(remove(|| Ok(PasskeyRemoval::Removed)).await.is_none());
        assert!(matches!(remove(|| Ok(PasskeyRemoval::NotFound)).await, Some(RemovePasskeyError::NotFound)));
        assert!(matches!(remove(|| Ok(PasskeyRemoval::Last)).await, Some(RemovePasskeyError::Last)));
        let failed = remove(|| Err(WriteError::Unavailable(engine_says()))).await;
        assert!(matches!(failed, Some(RemovePasskeyError::Write(_))));
    }
}
