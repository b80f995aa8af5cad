//! What users are called, and their going.

use async_trait::async_trait;
use parlour_domain::port::{ProfileRepo, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, SessionId, User, UserId};

use crate::connect::JsonStore;

#[async_trait]
impl ProfileRepo for JsonStore {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        self.read(|document| {
            let others = document.users.iter().filter(|(id, row)| row.is_active && **id != except.as_uuid());
            let mut found = Vec::new();
            for (id, row) in others {
                let user = row.parse(*id)?;
                found.extend(query.rank(&user).map(|rank| ((rank, &row.key), user)));
            }
            found.sort_unstable_by_key(|(place, _)| *place);
            Ok(found.into_iter().zip(0..limit).map(|((_, user), _)| user).collect())
        })
    }

    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        self.write(|document| {
            let stored = document.users.get_mut(&id.as_uuid()).filter(|row| row.is_active);
            let Some(row) = stored else { return Ok(false) };
            row.rename(&name);
            Ok(true)
        })
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let id = id.as_uuid();
        self.write(|document| {
            let Some(row) = document.users.get_mut(&id) else { return Ok(None) };
            row.is_active = false;
            row.rename(&DisplayName::tombstone());
            document.passkeys.retain(|_, row| row.user_id != id);
            let gone = document.sessions.extract_if(.., |_, row| row.user_id == id);
            Ok(Some(gone.map(|(session, _)| SessionId::from_uuid(session)).collect()))
        })
    }
}
