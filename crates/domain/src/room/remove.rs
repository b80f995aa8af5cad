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
