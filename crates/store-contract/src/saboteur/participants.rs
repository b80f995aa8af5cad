//! What goes wrong when people come into a room, leave it and change.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError};
use parlour_domain::{ParticipantChange, Room, RoomCommit, RoomCursor, RoomId, RoomParts, Timestamp, UserId};

use super::races::gap;
use super::{Ports, Sabotage, lock};

fn added(commit: &RoomCommit) -> impl Iterator<Item = UserId> + '_ {
    commit.parts().participants.iter().filter_map(|change| match change {
        ParticipantChange::Added(participant) => Some(participant.user_id),
        ParticipantChange::Removed(_) => None,
    })
}

fn removed(commit: &RoomCommit) -> impl Iterator<Item = UserId> + '_ {
    commit.parts().participants.iter().filter_map(|change| match change {
        ParticipantChange::Added(_) => None,
        ParticipantChange::Removed(user) => Some(*user),
    })
}

/// The index of memberships knows who came in, and is not told who left.
#[derive(Debug, Default)]
pub struct KeepsListingRoomsToThoseWhoLeft {
    left: Mutex<HashMap<UserId, HashSet<RoomId>>>,
}

#[async_trait]
impl Sabotage for KeepsListingRoomsToThoseWhoLeft {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let room = commit.parts().room.id();
        for user in removed(&commit) {
            lock(&self.left).entry(user).or_default().insert(room);
        }
        for user in added(&commit) {
            lock(&self.left).entry(user).or_default().remove(&room);
        }
        to.rooms.commit(commit).await
    }

    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let mut rooms = to.rooms.list_of(user, now, after, limit).await?;
        let left: Vec<RoomId> = lock(&self.left).get(&user).into_iter().flatten().copied().collect();
        for room in left {
            rooms.extend(to.rooms.find(room).await?);
        }
        Ok(rooms)
    }
}

/// The memberships are read, and then, from another instant, the rooms.
#[derive(Debug, Default)]
pub struct ReadsMembershipsThenRooms;

#[async_trait]
impl Sabotage for ReadsMembershipsThenRooms {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let memberships = to.rooms.list_of(user, now, after, limit).await?;
        gap().await;
        let mut rooms = Vec::with_capacity(memberships.len());
        for room in memberships {
            rooms.extend(to.rooms.find(room.id()).await?);
        }
        Ok(rooms)
    }
}

/// First everyone who is added, then everyone who is removed: who changed is out.
#[derive(Debug, Default)]
pub struct AddsBeforeItRemoves {
    changed: Mutex<HashSet<(RoomId, UserId)>>,
}

#[async_trait]
impl Sabotage for AddsBeforeItRemoves {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let room = commit.parts().room.id();
        let removed: HashSet<UserId> = removed(&commit).collect();
        lock(&self.changed).extend(added(&commit).filter(|user| removed.contains(user)).map(|user| (room, user)));
        to.rooms.commit(commit).await
    }

    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        let Some(room) = to.rooms.find(id).await? else { return Ok(None) };
        let mut participants = room.participants().to_vec();
        participants.retain(|participant| !lock(&self.changed).contains(&(id, participant.user_id)));
        let parts = RoomParts {
            id,
            kind: room.kind(),
            name: room.name().cloned(),
            participants,
            created_by: room.created_by(),
            created_at: room.created_at(),
            updated_at: room.updated_at(),
            revision: room.revision(),
        };
        Room::restore(parts).map(Some).map_err(|cause| ReadError::Corrupt(cause.into()))
    }
}
