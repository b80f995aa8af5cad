//! The users.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, UserRepo};
use parlour_domain::{User, UserId, Username};

use crate::classify::UserIdTaken;
use crate::connect::MemoryStore;
use crate::row::UserRow;

#[async_trait]
impl UserRepo for MemoryStore {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        let (id, key, row) = (user.id.as_uuid(), user.username.key(), UserRow::of(&user));
        let mut tables = self.write();
        if tables.users.get(&id) == Some(&row) {
            return Ok(());
        }
        if tables.usernames.contains_key(key.as_str()) {
            return Err(InsertUserError::UsernameTaken);
        }
        if tables.users.contains_key(&id) {
            return Err(InsertUserError::Unavailable(Box::new(UserIdTaken(id))));
        }
        tables.usernames.insert(key.as_str().to_owned(), id);
        tables.users.insert(id, row);
        Ok(())
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let tables = self.read();
        let each_once: BTreeSet<UserId> = ids.iter().copied().collect();
        let known = each_once.into_iter().filter_map(|id| Some((id.as_uuid(), tables.users.get(&id.as_uuid())?)));
        known.map(|(id, row)| Ok(row.parse(id)?)).collect()
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        let tables = self.read();
        let Some(id) = tables.usernames.get(username.key().as_str()) else { return Ok(None) };
        let row = tables.users.get(id);
        Ok(row.map(|row| row.parse(*id)).transpose()?)
    }

    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        let tables = self.read();
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_uuid()));
        let page = tables.users.range((start, Bound::Unbounded)).zip(0..limit);
        page.map(|((id, row), _)| Ok(row.parse(*id)?)).collect()
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(())
    }
}
