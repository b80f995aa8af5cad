//! Registering with a passkey.

use std::sync::Arc;

use super::ceremonies::{Resumed, corrupt, not_verified, refused};
use super::settle::settle;
use super::{Ceremonies, IssuedSession, PasskeyError, RotateSession};
use crate::port::{Clock, IdSource, NewCredential, PasskeyRepo, PasskeyUser, UserRepo};
use crate::{
    CeremonyKind, CeremonyOptions, CredentialResponse, DisplayName, Passkey, PasskeyName, SessionId, User, UserHandle,
    UserId, Username,
};

/// Somebody who has just proven who they are, and their new session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// Their session.
    pub issued: IssuedSession,
}

/// What completes a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteRegistration {
    /// The name for which it was begun.
    pub username: Username,
    /// What the page got from the authenticator.
    pub response: CredentialResponse,
    /// What the passkey is to be called.
    pub passkey_name: PasskeyName,
    /// The session that the request carries, which ends.
    pub carried: Option<SessionId>,
}

/// Adds a user who holds a passkey.
pub struct RegisterWithPasskey {
    users: Arc<dyn UserRepo>,
    passkeys: Arc<dyn PasskeyRepo>,
    ceremonies: Ceremonies,
    rotate_session: RotateSession,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl RegisterWithPasskey {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        passkeys: Arc<dyn PasskeyRepo>,
        ceremonies: Ceremonies,
        rotate_session: RotateSession,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, passkeys, ceremonies, rotate_session, clock, ids }
    }

    /// Begins the registration of a name that is free. It stays free until the registration is completed.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it was not begun.
    pub async fn begin(&self, username: Username, display_name: DisplayName) -> Result<CeremonyOptions, PasskeyError> {
        if self.users.find_by_username(&username).await?.is_some() {
            return Err(PasskeyError::UsernameTaken);
        }
        let user = PasskeyUser { handle: self.ids.user_handle(), username, display_name };
        let begun = self.ceremonies.relying_party.begin_registration(&user, &[])?;
        let handle = hex::encode(user.handle.as_bytes());
        let subject = [user.username.as_str(), user.display_name.as_str(), &handle];
        self.ceremonies.keep(CeremonyKind::Registration, subject, begun).await
    }

    /// Registers the user with their first passkey, and signs them in.
    ///
    /// # Errors
    /// [`PasskeyError`] says why not. When only the session is missing the user is there all the same, and signs in: that is
    /// told as [`PasskeyError::OutcomeUnknown`].
    pub async fn complete(&self, command: CompleteRegistration) -> Result<SignedIn, PasskeyError> {
        let CompleteRegistration { username, response, passkey_name, carried } = command;
        let Resumed { subject, state, .. } = self.ceremonies.resume(CeremonyKind::Registration, &response).await?;
        let subject = read_subject(&subject).ok_or_else(|| corrupt("subject of a registration"))?;
        if subject.username.key() != username.key() {
            return Err(refused("registration was begun for another username"));
        }
        let made = self.ceremonies.relying_party.finish_registration(&state, &response);
        let made = made.map_err(|error| not_verified(error, None))?;
        let (user, passkey) = self.newcomer(subject, made, passkey_name);
        settle(|| self.passkeys.register(user.clone(), passkey.clone())).await?;
        tracing::info!(user_id = %user.id, "user registered with a passkey");
        let issued = self.rotate_session.execute(user.id, carried).await;
        Ok(SignedIn { user, issued: issued.map_err(|error| not_undone(error.into()))? })
    }

    fn newcomer(&self, subject: PasskeyUser, made: NewCredential, name: PasskeyName) -> (User, Passkey) {
        let PasskeyUser { handle, username, display_name } = subject;
        let NewCredential { id, material, counter } = made;
        let (user_id, now) = (UserId::from_uuid(self.ids.uuid()), self.clock.now());
        let user = User { id: user_id, username, display_name, is_active: true, is_verified: false, created_at: now };
        let passkey =
            Passkey { id, user_id, user_handle: handle, name, material, counter, created_at: now, last_used_at: None };
        (user, passkey)
    }
}

/// The user is written already: "unavailable" would say that nothing was.
fn not_undone(error: PasskeyError) -> PasskeyError {
    match error {
        PasskeyError::Unavailable(source) => PasskeyError::OutcomeUnknown(source),
        other => other,
    }
}

fn read_subject([username, display_name, handle]: &[String; 3]) -> Option<PasskeyUser> {
    Some(PasskeyUser {
        handle: UserHandle::from_bytes(&hex::decode(handle).ok()?).ok()?,
        username: Username::parse(username).ok()?,
        display_name: DisplayName::parse(display_name).ok()?,
    })
}
