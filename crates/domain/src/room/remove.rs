//! The rules of a room's end: deleted by its owner, or its time over.

use std::sync::Arc;

use super::{
    CommitParts, Expected, Fate, OutgoingEvent, ParticipantChange, Role, Room, RoomCommit, RoomEvent, RoomEventKind,
};
use crate::{CommitId, EventId, Timestamp, UserId};

/// Why a room is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeleteRefused {
    /// To this user the room does not exist.
    #[error("room not found")]
    NotFound,
    /// Only the owner may delete it.
    #[error("only the owner may delete the room")]
    NotOwner,
}

/// The ids and the instant of one removal, minted by the use case.
#[derive(Debug, Clone, Copy)]
pub struct Removal {
    /// That of the event that tells of it.
    pub event_id: EventId,
    /// That of the write.
    pub commit_id: CommitId,
    /// When it happens.
    pub now: Timestamp,
}

impl Room {
    /// Decides whether `user` may delete the room, and what that writes: the room is gone and everyone who was in it
    /// is told.
    ///
    /// # Errors
    /// [`DeleteRefused`] when the user is not in the room, its time is over, or they do not own it.
    pub fn delete(&self, removal: Removal, user: UserId) -> Result<RoomCommit, DeleteRefused> {
        if self.is_expired(removal.now) {
            return Err(DeleteRefused::NotFound);
        }
        match self.participant(user).map(|participant| participant.role) {
            None => Err(DeleteRefused::NotFound),
            Some(Role::Admin | Role::Member) => Err(DeleteRefused::NotOwner),
            Some(Role::Owner) => Ok(self.remove(removal, RoomEventKind::Deleted)),
        }
    }

    /// What the end of the room's time writes: the room is gone and everyone who was in it is told. `None` while its
    /// time is not over.
    #[must_use]
    pub fn expire(&self, removal: Removal) -> Option<RoomCommit> {
        self.is_expired(removal.now).then(|| self.remove(removal, RoomEventKind::Expired))
    }

    fn remove(&self, removal: Removal, kind: RoomEventKind) -> RoomCommit {
        let Removal { event_id, commit_id, now } = removal;
        let everyone: Vec<UserId> = self.participants.iter().map(|participant| participant.user_id).collect();
        let event = RoomEvent { id: event_id, room_id: self.id, at: now, kind };
        RoomCommit::new(CommitParts {
            id: commit_id,
            room: self.clone(),
            expected: Expected::Revision(self.revision),
            fate: Fate::Gone,
            participants: everyone.iter().copied().map(ParticipantChange::Removed).collect(),
            events: vec![OutgoingEvent { event: Arc::new(event), recipients: everyone }],
            idempotency: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::open::tests::{at, ephemeral_room, group_room, user_id};
    use crate::{CommitParts, Expected, Fate, ParticipantChange, RoomEventKind};

    fn removal(now: i64) -> Removal {
        Removal {
            event_id: EventId::from_uuid(uuid::Uuid::from_u128(70)),
            commit_id: CommitId::from_uuid(uuid::Uuid::from_u128(71)),
            now: at(now),
        }
    }

    #[test]
    fn an_owner_deletes_a_room_and_everyone_in_it_is_told() {
        let room = group_room();
        let commit = room.delete(removal(9), user_id(2)).unwrap();
        assert_eq!(commit.recipients(), [user_id(1), user_id(2), user_id(3)]);
        let CommitParts { id, room: last, expected, fate, participants, events, idempotency } = commit.into_parts();
        assert_eq!(id, removal(9).commit_id);
        assert_eq!(last, room);
        assert_eq!(expected, Expected::Revision(room.revision()));
        assert_eq!(fate, Fate::Gone);
        assert_eq!(participants, [1, 2, 3].map(|n| ParticipantChange::Removed(user_id(n))));
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].event.kind, RoomEventKind::Deleted);
        assert_eq!(events[0].event.at, at(9));
        assert_eq!(idempotency, None);
    }

    #[test]
    fn a_member_may_not_delete_a_room() {
        assert_eq!(group_room().delete(removal(9), user_id(1)), Err(DeleteRefused::NotOwner));
    }

    #[test]
    fn to_a_stranger_there_is_no_room_to_delete() {
        assert_eq!(group_room().delete(removal(9), user_id(4)), Err(DeleteRefused::NotFound));
    }

    #[test]
    fn a_room_whose_time_is_over_cannot_be_deleted_but_only_expire() {
        let room = ephemeral_room();
        let end = room.kind().expires_at().unwrap().as_micros();
        assert!(room.expire(removal(end - 1)).is_none());
        assert!(room.delete(removal(end - 1), user_id(2)).is_ok());
        assert_eq!(room.delete(removal(end), user_id(2)), Err(DeleteRefused::NotFound));
        let commit = room.expire(removal(end)).unwrap();
        assert_eq!(commit.parts().events[0].event.kind, RoomEventKind::Expired);
        assert_eq!(commit.parts().fate, Fate::Gone);
    }

    #[test]
    fn other_rooms_never_expire() {
        assert!(group_room().expire(removal(i64::from(u32::MAX))).is_none());
    }
}
