//! Adding a passkey to one's account.

use std::sync::Arc;

use super::ceremonies::{Resumed, corrupt, not_verified, refused};
use super::settle::settle;
use super::{Ceremonies, PasskeyError};
use crate::port::{Clock, IdSource, NewCredential, PasskeyRepo, PasskeyUser, UserRepo};
use crate::{
    Caller, CeremonyKind, CeremonyOptions, CredentialId, CredentialResponse, Passkey, PasskeyName, UserHandle, UserId,
};

/// Adds passkeys of users who are there.
pub struct AddPasskey {
    users: Arc<dyn UserRepo>,
    passkeys: Arc<dyn PasskeyRepo>,
    ceremonies: Ceremonies,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl AddPasskey {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        passkeys: Arc<dyn PasskeyRepo>,
        ceremonies: Ceremonies,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, passkeys, ceremonies, clock, ids }
    }

    /// Begins to add a passkey, on an authenticator that has none of the caller's yet. They have to have
    /// [just signed in](Caller::require_fresh_sign_in), since whoever has a passkey has the account.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it was not begun.
    pub async fn begin(&self, caller: &Caller) -> Result<CeremonyOptions, PasskeyError> {
        caller.require_fresh_sign_in(self.clock.now())?;
        let user_id = caller.user_id;
        let found = self.users.find_many(&[user_id]).await?;
        let user = found.into_iter().find(|user| user.is_active).ok_or(PasskeyError::NotActive)?;
        let existing = self.with_room_for_another(user_id).await?;
        // Whom the operator has registered has no passkey yet.
        let handle = existing.first().map_or_else(|| self.ids.user_handle(), |passkey| passkey.user_handle);
        let user = PasskeyUser { handle, username: user.username, display_name: user.display_name };
        let existing: Vec<CredentialId> = existing.into_iter().map(|passkey| passkey.id).collect();
        let begun = self.ceremonies.relying_party.begin_registration(&user, &existing)?;
        let subject = [&*user_id.to_string(), &*hex::encode(handle.as_bytes())];
        self.ceremonies.keep(CeremonyKind::Addition, subject, begun).await
    }

    /// Adds the passkey that the caller's authenticator has made. They have to have
    /// [just signed in](Caller::require_fresh_sign_in); who has to do so again first can still complete the ceremony then.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it was not added.
    pub async fn complete(
        &self,
        caller: &Caller,
        response: &CredentialResponse,
        name: PasskeyName,
    ) -> Result<Passkey, PasskeyError> {
        caller.require_fresh_sign_in(self.clock.now())?;
        let user_id = caller.user_id;
        self.with_room_for_another(user_id).await?;
        let Resumed { subject, state, .. } = self.ceremonies.resume(CeremonyKind::Addition, response).await?;
        let (begun_for, user_handle) = read_subject(&subject).ok_or_else(|| corrupt("subject of an addition"))?;
        if begun_for != user_id {
            return Err(refused("addition was begun by another user"));
        }
        let made = self.ceremonies.relying_party.finish_registration(&state, response);
        let NewCredential { id, material, counter } = made.map_err(|error| not_verified(error, Some(user_id)))?;
        let created_at = self.clock.now();
        let passkey = Passkey { id, user_id, user_handle, name, material, counter, created_at, last_used_at: None };
        settle(|| self.passkeys.add(passkey.clone())).await?;
        tracing::info!(%user_id, "passkey added");
        Ok(passkey)
    }

    /// The user's passkeys, if they may have one more. Additions at the same moment may each find room for one more: the
    /// bound is against heaps.
    async fn with_room_for_another(&self, user_id: UserId) -> Result<Vec<Passkey>, PasskeyError> {
        let existing = self.passkeys.list_of(user_id).await?;
        if existing.len() >= Passkey::MOST_OF_A_USER { Err(PasskeyError::TooMany) } else { Ok(existing) }
    }
}

fn read_subject([user_id, handle]: &[String; 2]) -> Option<(UserId, UserHandle)> {
    let handle = UserHandle::from_bytes(&hex::decode(handle).ok()?).ok()?;
    Some((user_id.parse().ok()?, handle))
}
