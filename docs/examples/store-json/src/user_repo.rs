//! The users.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, UserRepo};
use parlour_domain::{User, UserId, Username};

use crate::classify::UserIdTaken;
use crate::connect::JsonStore;
use crate::row::UserRow;

#[async_trait]
impl UserRepo for JsonStore {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        let (id, row) = (user.id.as_uuid(), UserRow::of(&user));
        self.write(|document| {
            if document.users.get(&id) == Some(&row) {
                return Ok(());
            }
            if document.users.values().any(|other| other.key == row.key) {
                return Err(InsertUserError::UsernameTaken);
            }
            if document.users.contains_key(&id) {
                return Err(InsertUserError::Unavailable(Box::new(UserIdTaken(id))));
            }
            document.users.insert(id, row);
            Ok(())
        })
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        self.read(|document| {
            let each_once: BTreeSet<UserId> = ids.iter().copied().collect();
            let known = each_once.iter().filter_map(|id| document.users.get_key_value(&id.as_uuid()));
            known.map(|(id, row)| Ok(row.parse(*id)?)).collect()
        })
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        let key = username.key();
        self.read(|document| {
            let holder = document.users.iter().find(|(_, row)| row.key == key.as_str());
            Ok(holder.map(|(id, row)| row.parse(*id)).transpose()?)
        })
    }

    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_uuid()));
        self.read(|document| {
            let page = document.users.range((start, Bound::Unbounded)).zip(0..limit);
            page.map(|((id, row), _)| Ok(row.parse(*id)?)).collect()
        })
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(())
    }
}
