//! What goes wrong when a row does not parse.

use async_trait::async_trait;
use parlour_domain::port::ReadError;
use parlour_domain::{InboxPage, Room, RoomId, Seq, User, UserId};

use super::{Ports, Sabotage};

/// A row that does not parse is dropped from the answer.
#[derive(Debug, Default)]
pub struct LeavesOutBadUsers;

#[async_trait]
impl Sabotage for LeavesOutBadUsers {
    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let mut good = Vec::new();
        for id in ids {
            match to.users.find_many(&[*id]).await {
                Ok(found) => good.extend(found),
                Err(ReadError::Corrupt(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(good)
    }
}

/// A row that does not parse is taken for none.
#[derive(Debug, Default)]
pub struct CallsBadRoomsAbsent;

#[async_trait]
impl Sabotage for CallsBadRoomsAbsent {
    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        match to.rooms.find(id).await {
            Err(ReadError::Corrupt(_)) => Ok(None),
            outcome => outcome,
        }
    }
}

/// An entry that does not parse is stepped over.
#[derive(Debug, Default)]
pub struct SkipsBadEntries;

#[async_trait]
impl Sabotage for SkipsBadEntries {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        match to.inboxes.read(user, since, limit).await {
            Err(ReadError::Corrupt(_)) => to.inboxes.read(user, since.next().next(), limit).await,
            outcome => outcome,
        }
    }
}
