//! Signing in with a passkey.

use std::sync::Arc;

use super::ceremonies::{Resumed, corrupt, not_verified, refused};
use super::{Ceremonies, PasskeyError, RotateSession, SignedIn};
use crate::port::{Clock, PasskeyRepo, UserRepo, VerifiedUse};
use crate::{CeremonyKind, CeremonyOptions, CredentialResponse, Passkey, PasskeyUse, SessionId, User, Username};

/// Signs people in, with or without the name that they gave.
pub struct SignIn {
    users: Arc<dyn UserRepo>,
    passkeys: Arc<dyn PasskeyRepo>,
    ceremonies: Ceremonies,
    rotate_session: RotateSession,
    clock: Arc<dyn Clock>,
}

impl SignIn {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        passkeys: Arc<dyn PasskeyRepo>,
        ceremonies: Ceremonies,
        rotate_session: RotateSession,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { users, passkeys, ceremonies, rotate_session, clock }
    }

    /// Begins a sign-in; with a username, only that user can complete it. Nobody is looked up and no passkey is listed: the
    /// authenticators know theirs, and who has an account here is told to nobody.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it was not begun.
    pub async fn begin(&self, username: Option<Username>) -> Result<CeremonyOptions, PasskeyError> {
        let begun = self.ceremonies.relying_party.begin_authentication()?;
        let username = username.as_ref().map_or("", Username::as_str);
        self.ceremonies.keep(CeremonyKind::Authentication, [username], begun).await
    }

    /// Finds out whose passkey it is and gives them a session in the place of the one that the request carried.
    ///
    /// # Errors
    /// [`PasskeyError`] says why nobody is signed in.
    pub async fn complete(
        &self,
        response: &CredentialResponse,
        carried: Option<SessionId>,
    ) -> Result<SignedIn, PasskeyError> {
        let resumed = self.ceremonies.resume(CeremonyKind::Authentication, response).await?;
        let Resumed { claim, subject: [expected], state } = resumed;
        let Some(passkey) = self.passkeys.find(&claim.credential).await? else {
            return Err(refused("there is no such passkey"));
        };
        if claim.user_handle.as_deref() != Some(passkey.user_handle.as_bytes()) {
            return Err(refused("user handle is missing or another user's"));
        }
        let verified = self.ceremonies.relying_party.finish_authentication(&state, response, &passkey);
        let verified = verified.map_err(|error| not_verified(error, Some(passkey.user_id)))?;
        let user = self.holder(&passkey, &expected).await?;
        self.record(passkey, verified).await?;
        let issued = self.rotate_session.execute(user.id, carried).await?;
        tracing::info!(user_id = %user.id, "user signed in with a passkey");
        Ok(SignedIn { user, issued })
    }

    /// The passkey's user, who has to be the expected one if somebody is.
    async fn holder(&self, passkey: &Passkey, expected: &str) -> Result<User, PasskeyError> {
        let found = self.users.find_many(&[passkey.user_id]).await?;
        let Some(user) = found.into_iter().next() else { return Err(PasskeyError::NotActive) };
        if !expected.is_empty() {
            let expected = Username::parse(expected).map_err(|_| corrupt("username of a sign-in"))?;
            if expected.key() != user.username.key() {
                return Err(refused("passkey is another user's than the one who was to sign in"));
            }
        }
        if user.is_active { Ok(user) } else { Err(PasskeyError::NotActive) }
    }

    async fn record(&self, passkey: Passkey, verified: VerifiedUse) -> Result<(), PasskeyError> {
        let VerifiedUse { counter, material } = verified;
        let used = PasskeyUse { id: passkey.id, expected: passkey.counter, counter, material, at: self.clock.now() };
        if self.passkeys.record_use(used).await? {
            return Ok(());
        }
        tracing::warn!(user_id = %passkey.user_id, "passkey refused: it was removed or used elsewhere at the same time");
        Err(PasskeyError::Refused)
    }
}

#[cfg(test)]
mod tests;
