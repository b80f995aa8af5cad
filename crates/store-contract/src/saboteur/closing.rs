//! What is not written before the store is closed, or somebody asks for it.

use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, InsertUserError, ReadError, WriteError};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, CommitId, DisplayName, Room, RoomCommit, RoomId, Timestamp, Unit, User, UserId,
};
use uuid::Uuid;

use super::{Ports, Sabotage, lock};

/// A buffer of users that is written once it is full, looked at, or closed.
#[derive(Debug, Default)]
pub struct WritesUsersWhenClosed {
    buffered: Mutex<Option<User>>,
}

impl WritesUsersWhenClosed {
    async fn flush(&self, to: &Ports) -> Result<(), InsertUserError> {
        let buffered = lock(&self.buffered).take();
        match buffered {
            Some(user) => to.users.insert(user).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Sabotage for WritesUsersWhenClosed {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        self.flush(to).await?;
        *lock(&self.buffered) = Some(user);
        Ok(())
    }

    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        self.flush(to).await.map_err(|error| ReadError::Unavailable(error.into()))?;
        to.users.find_many(ids).await
    }

    async fn rename(&self, to: &Ports, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        self.flush(to).await.map_err(|error| WriteError::Unavailable(error.into()))?;
        to.profiles.rename(id, name).await
    }

    async fn close(&self, to: &Ports) {
        drop(self.flush(to).await);
    }
}

/// The same of rooms: a commit that was applied before is answered as it has to be.
#[derive(Debug, Default)]
pub struct WritesRoomsWhenClosed {
    buffered: Mutex<Option<RoomCommit>>,
}

impl WritesRoomsWhenClosed {
    async fn flush(&self, to: &Ports) -> Result<(), CommitError> {
        let buffered = lock(&self.buffered).take();
        match buffered {
            Some(commit) => to.rooms.commit(commit).await.map(drop),
            None => Ok(()),
        }
    }
}

async fn is_applied(to: &Ports, id: CommitId) -> bool {
    let before = ArchiveKey::Id(Uuid::from_u128(id.as_uuid().as_u128() - 1));
    let next = to.archive.export(Unit::AppliedCommits, Some(before), 1).await;
    matches!(next.as_deref(), Ok([Ok(ArchiveRecord::Commit(found))]) if *found == id)
}

#[async_trait]
impl Sabotage for WritesRoomsWhenClosed {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.flush(to).await?;
        if is_applied(to, commit.parts().id).await {
            return Ok(Committed::AlreadyApplied);
        }
        *lock(&self.buffered) = Some(commit);
        Ok(Committed::Applied(Vec::new()))
    }

    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.flush(to).await.map_err(|error| ReadError::Unavailable(error.into()))?;
        to.rooms.find(id).await
    }

    async fn list_expired(&self, to: &Ports, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.flush(to).await.map_err(|error| ReadError::Unavailable(error.into()))?;
        to.rooms.list_expired(now, limit).await
    }

    async fn close(&self, to: &Ports) {
        drop(self.flush(to).await);
    }
}
