//! The sessions.

use async_trait::async_trait;
use parlour_domain::port::{ReadError, SessionRepo, WriteError};
use parlour_domain::{Session, SessionId, Timestamp, TokenHash, UserId};

use crate::connect::JsonStore;
use crate::row::SessionRow;

#[async_trait]
impl SessionRepo for JsonStore {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        self.write(|document| {
            document.sessions.insert(session.id.as_uuid(), SessionRow::of(&session));
            Ok(())
        })
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        self.read(|document| {
            let found = document.sessions.iter().find(|(_, row)| row.token_hash == *hash.as_bytes());
            // A session whose user is not here is found all the same.
            let is_let_in = |row: &SessionRow| document.users.get(&row.user_id).is_none_or(|user| user.is_active);
            let found = found.filter(|(_, row)| is_let_in(row));
            Ok(found.map(|(id, row)| row.parse(*id)).transpose()?)
        })
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        self.read(|document| {
            let own = document.sessions.iter().filter(|(_, row)| row.user_id == user.as_uuid());
            own.map(|(id, row)| Ok(row.parse(*id)?)).collect()
        })
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        self.write(|document| {
            let Some(row) = document.sessions.get_mut(&id.as_uuid()) else { return Ok(false) };
            row.expires_at = row.expires_at.max(expires_at.as_micros());
            Ok(true)
        })
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.write(|document| Ok(document.sessions.remove(&id.as_uuid()).is_some()))
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.write(|document| {
            let expired = document.sessions.extract_if(.., |_, row| row.expires_at <= now.as_micros());
            Ok(expired.map(|_| 1).sum())
        })
    }
}
