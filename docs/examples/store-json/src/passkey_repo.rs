//! The passkeys.

use async_trait::async_trait;
use parlour_domain::port::{AddPasskeyError, PasskeyRepo, ReadError, RegisterError, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};

use crate::classify::UserIdTaken;
use crate::connect::JsonStore;
use crate::row::UserRow;
use crate::row::passkey::PasskeyRow;

#[async_trait]
impl PasskeyRepo for JsonStore {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        let (id, user) = (user.id.as_uuid(), UserRow::of(&user));
        let (key, row) = (passkey.id.to_string(), PasskeyRow::of(&passkey));
        self.write(|document| {
            if document.users.get(&id) == Some(&user) && document.passkeys.get(&key) == Some(&row) {
                return Ok(());
            }
            if document.users.values().any(|other| other.key == user.key) {
                return Err(RegisterError::UsernameTaken);
            }
            if document.passkeys.contains_key(&key) {
                return Err(RegisterError::CredentialTaken);
            }
            if document.users.contains_key(&id) {
                return Err(RegisterError::Unavailable(Box::new(UserIdTaken(id))));
            }
            document.users.insert(id, user);
            document.passkeys.insert(key, row);
            Ok(())
        })
    }

    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let (key, row) = (passkey.id.to_string(), PasskeyRow::of(&passkey));
        self.write(|document| {
            if document.passkeys.get(&key) == Some(&row) {
                return Ok(());
            }
            if document.users.get(&row.user_id).is_none_or(|user| !user.is_active) {
                return Err(AddPasskeyError::UserNotFound);
            }
            if document.passkeys.contains_key(&key) {
                return Err(AddPasskeyError::CredentialTaken);
            }
            let mut own = document.passkeys.values().filter(|other| other.user_id == row.user_id);
            if own.any(|other| other.user_handle != row.user_handle) {
                return Err(AddPasskeyError::HandleDiffers);
            }
            document.passkeys.insert(key, row);
            Ok(())
        })
    }

    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        self.read(|document| Ok(document.passkeys.get(&id.to_string()).map(PasskeyRow::parse).transpose()?))
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        self.read(|document| {
            let mut own: Vec<_> = document.passkeys.values().filter(|row| row.user_id == user.as_uuid()).collect();
            // Those of one instant are in the order of their ids already.
            own.sort_by_key(|row| row.created_at);
            own.into_iter().map(|row| Ok(row.parse()?)).collect()
        })
    }

    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        let PasskeyUse { id, expected, counter, material, at } = used;
        self.write(|document| {
            let stored = document.passkeys.get_mut(&id.to_string()).filter(|row| row.counter == expected);
            let Some(row) = stored else { return Ok(false) };
            (row.counter, row.material, row.last_used_at) = (counter, material, Some(at.as_micros()));
            Ok(true)
        })
    }

    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let key = id.to_string();
        self.write(|document| {
            if document.passkeys.get(&key).is_none_or(|row| row.user_id != user.as_uuid()) {
                return Ok(PasskeyRemoval::NotFound);
            }
            if document.passkeys.values().filter(|row| row.user_id == user.as_uuid()).count() == 1 {
                return Ok(PasskeyRemoval::Last);
            }
            document.passkeys.remove(&key);
            Ok(PasskeyRemoval::Removed)
        })
    }
}
