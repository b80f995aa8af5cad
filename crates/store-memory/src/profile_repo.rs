//! What users are called, and their going.

use async_trait::async_trait;
use parlour_domain::port::{ProfileRepo, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, SearchRank, SessionId, User, UserId};
use uuid::Uuid;

use crate::connect::MemoryStore;
use crate::schema::Tables;

#[async_trait]
impl ProfileRepo for MemoryStore {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        let tables = self.read();
        let others = tables.users.iter().filter(|(id, row)| row.is_active && **id != except.as_uuid());
        let mut found: Vec<(SearchRank, User)> = Vec::new();
        for (id, row) in others {
            let user = row.parse(*id)?;
            found.extend(query.rank(&user).map(|rank| (rank, user)));
        }
        found.sort_by_cached_key(|(rank, user)| (*rank, user.username.key().as_str().to_owned()));
        Ok(found.into_iter().zip(0..limit).map(|((_, user), _)| user).collect())
    }

    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        let mut tables = self.write();
        let Some(row) = tables.users.get_mut(&id.as_uuid()).filter(|row| row.is_active) else { return Ok(false) };
        row.rename(&name);
        Ok(true)
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let mut tables = self.write();
        let Some(row) = tables.users.get_mut(&id.as_uuid()) else { return Ok(None) };
        row.is_active = false;
        row.rename(&DisplayName::tombstone());
        remove_passkeys(&mut tables, id.as_uuid());
        Ok(Some(remove_sessions(&mut tables, id.as_uuid())))
    }
}

fn remove_passkeys(tables: &mut Tables, user: Uuid) {
    for (_, id) in tables.passkeys_of.remove(&user).unwrap_or_default() {
        tables.passkeys.remove(&id);
    }
}

fn remove_sessions(tables: &mut Tables, user: Uuid) -> Vec<SessionId> {
    let removed: Vec<_> = tables.sessions.extract_if(.., |_, row| row.user_id == user).collect();
    for (_, row) in &removed {
        tables.tokens.remove(&row.token_hash);
    }
    removed.into_iter().map(|(id, _)| SessionId::from_uuid(id)).collect()
}
