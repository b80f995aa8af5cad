//! The passkeys.

use async_trait::async_trait;
use parlour_domain::port::{AddPasskeyError, PasskeyRepo, ReadError, RegisterError, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};

use crate::classify::UserIdTaken;
use crate::connect::MemoryStore;
use crate::row::UserRow;
use crate::row::passkey::PasskeyRow;
use crate::schema::Tables;

#[async_trait]
impl PasskeyRepo for MemoryStore {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        let (id, key, row) = (user.id.as_uuid(), user.username.key(), UserRow::of(&user));
        let mut tables = self.write();
        if tables.users.get(&id) == Some(&row) && has(&tables, &passkey) {
            return Ok(());
        }
        if tables.usernames.contains_key(key.as_str()) {
            return Err(RegisterError::UsernameTaken);
        }
        if tables.passkeys.contains_key(&passkey.id) {
            return Err(RegisterError::CredentialTaken);
        }
        if tables.users.contains_key(&id) {
            return Err(RegisterError::Unavailable(Box::new(UserIdTaken(id))));
        }
        tables.usernames.insert(key.as_str().to_owned(), id);
        tables.users.insert(id, row);
        insert(&mut tables, &passkey);
        Ok(())
    }

    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let mut tables = self.write();
        if has(&tables, &passkey) {
            return Ok(());
        }
        if tables.users.get(&passkey.user_id.as_uuid()).is_none_or(|user| !user.is_active) {
            return Err(AddPasskeyError::UserNotFound);
        }
        let mut own = tables.passkeys_of.get(&passkey.user_id.as_uuid()).into_iter().flatten();
        let other = own.find_map(|(_, id)| tables.passkeys.get(id));
        if other.is_some_and(|other| other.user_handle != passkey.user_handle.as_bytes()) {
            return Err(AddPasskeyError::HandleDiffers);
        }
        if tables.passkeys.contains_key(&passkey.id) {
            return Err(AddPasskeyError::CredentialTaken);
        }
        insert(&mut tables, &passkey);
        Ok(())
    }

    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        Ok(self.read().passkeys.get(id).map(|row| row.parse(id)).transpose()?)
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let tables = self.read();
        let own = tables.passkeys_of.get(&user.as_uuid()).into_iter().flatten();
        let rows = own.filter_map(|(_, id)| Some((id, tables.passkeys.get(id)?)));
        rows.map(|(id, row)| Ok(row.parse(id)?)).collect()
    }

    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        let PasskeyUse { id, expected, counter, material, at } = used;
        let mut tables = self.write();
        let Some(row) = tables.passkeys.get_mut(&id).filter(|row| row.counter == expected) else { return Ok(false) };
        (row.counter, row.material, row.last_used_at) = (counter, material, Some(at.as_micros()));
        Ok(true)
    }

    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let user = user.as_uuid();
        let mut tables = self.write();
        let Some(created_at) = tables.passkeys.get(id).filter(|row| row.user_id == user).map(|row| row.created_at)
        else {
            return Ok(PasskeyRemoval::NotFound);
        };
        match tables.passkeys_of.get_mut(&user) {
            Some(own) if own.len() > 1 => own.remove(&(created_at, id.clone())),
            _ => return Ok(PasskeyRemoval::Last),
        };
        tables.passkeys.remove(id);
        Ok(PasskeyRemoval::Removed)
    }
}

fn has(tables: &Tables, passkey: &Passkey) -> bool {
    tables.passkeys.get(&passkey.id) == Some(&PasskeyRow::of(passkey))
}

pub(crate) fn insert(tables: &mut Tables, passkey: &Passkey) {
    let row = PasskeyRow::of(passkey);
    tables.passkeys_of.entry(row.user_id).or_default().insert((row.created_at, passkey.id.clone()));
    tables.passkeys.insert(passkey.id.clone(), row);
}
