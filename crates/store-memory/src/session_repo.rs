//! The sessions.

use async_trait::async_trait;
use parlour_domain::port::{ReadError, SessionRepo, WriteError};
use parlour_domain::{Session, SessionId, Timestamp, TokenHash, UserId};

use crate::connect::MemoryStore;
use crate::row::SessionRow;

#[async_trait]
impl SessionRepo for MemoryStore {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        let (id, row) = (session.id.as_uuid(), SessionRow::of(&session));
        let mut tables = self.write();
        tables.tokens.insert(row.token_hash, id);
        tables.sessions.insert(id, row);
        Ok(())
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let tables = self.read();
        let Some(id) = tables.tokens.get(hash.as_bytes()) else { return Ok(None) };
        let is_user_inactive = |row: &&SessionRow| tables.users.get(&row.user_id).is_some_and(|user| !user.is_active);
        let row = tables.sessions.get(id).filter(|row| !is_user_inactive(row));
        Ok(row.map(|row| row.parse(*id)).transpose()?)
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        let tables = self.read();
        let own = tables.sessions.iter().filter(|(_, row)| row.user_id == user.as_uuid());
        own.map(|(id, row)| Ok(row.parse(*id)?)).collect()
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let mut tables = self.write();
        let Some(row) = tables.sessions.get_mut(&id.as_uuid()) else { return Ok(false) };
        row.expires_at = row.expires_at.max(expires_at.as_micros());
        Ok(true)
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        let mut tables = self.write();
        let Some(row) = tables.sessions.remove(&id.as_uuid()) else { return Ok(false) };
        tables.tokens.remove(&row.token_hash);
        Ok(true)
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        let mut tables = self.write();
        let mut removed = 0;
        let expired = tables.sessions.extract_if(.., |_, row| row.expires_at <= now.as_micros());
        let hashes: Vec<[u8; 32]> = expired.map(|(_, row)| row.token_hash).collect();
        for hash in hashes {
            tables.tokens.remove(&hash);
            removed += 1;
        }
        Ok(removed)
    }
}
