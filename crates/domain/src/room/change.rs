//! What all changes of a group share: who is asked first, and what a change writes.

use std::sync::Arc;

use super::{
    CommitParts, Expected, Fate, Member, OutgoingEvent, Participant, ParticipantChange, Role, Room, RoomCommit,
    RoomEvent, RoomEventKind, RoomKind,
};
use crate::{CommitId, EventId, Timestamp, User, UserId};

/// Why a room is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// To this user the room does not exist.
    #[error("room not found")]
    RoomNotFound,
    /// Only groups change.
    #[error("only a group can be changed")]
    NotGroup,
    /// The user's role does not allow it.
    #[error("role does not allow it")]
    NotAllowed,
    /// The one to be brought in does not exist or is not active, or the one to be changed or removed is not in the room.
    #[error("participant not found: {0}")]
    ParticipantNotFound(UserId),
    /// The one to be brought in does not want to be, by this user.
    #[error("participant does not accept rooms: {0}")]
    NotAccepted(UserId),
    /// The one to be brought in is in the room.
    #[error("already a participant: {0}")]
    AlreadyParticipant(UserId),
    /// The room holds [`Room::MOST_PEOPLE`].
    #[error("room is full")]
    Full,
    /// A room has one owner: nobody comes in as a second one.
    #[error("room has an owner")]
    SecondOwner,
    /// A room has one owner: they cannot step down without a successor.
    #[error("room needs an owner")]
    OwnerNeeded,
}

/// The ids and the instant of one change, minted by the use case.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Those of the events that tell of it: no change is told in more than two.
    pub event_ids: [EventId; 2],
    /// That of the write.
    pub commit_id: CommitId,
    /// When it happens. On a clock that lags behind the room's last activity it happens at that instant.
    pub now: Timestamp,
}

/// What happened, and who is told.
pub(super) type Told = (RoomEventKind, Vec<UserId>);

impl Room {
    /// The role in which `by` may ask for a change of this room.
    pub(super) fn role_of(&self, by: UserId, change: &Change) -> Result<Role, ChangeRefused> {
        let asking =
            self.participant(by).filter(|_| !self.is_expired(change.now)).ok_or(ChangeRefused::RoomNotFound)?;
        if self.kind == RoomKind::Group { Ok(asking.role) } else { Err(ChangeRefused::NotGroup) }
    }

    /// When the change happens: activity never moves back.
    pub(super) fn instant_of(&self, change: &Change) -> Timestamp {
        change.now.max(self.updated_at)
    }

    /// The room after a change, one revision on, with these participants.
    pub(super) fn with_participants(&self, change: &Change, mut participants: Vec<Participant>) -> Self {
        participants.sort_unstable_by_key(|participant| participant.user_id);
        let revision = self.revision.next();
        Self { participants, updated_at: self.instant_of(change), revision, ..self.clone() }
    }

    /// What a change of this room to `after` writes; the room is gone when nobody is left in it.
    pub(super) fn changed(
        &self,
        change: &Change,
        after: Self,
        participants: Vec<ParticipantChange>,
        told: Vec<Told>,
    ) -> RoomCommit {
        let at = self.instant_of(change);
        let outgoing = |(id, (kind, recipients)): (EventId, Told)| OutgoingEvent {
            event: Arc::new(RoomEvent { id, room_id: self.id, at, kind }),
            recipients,
        };
        let is_empty = after.participants.is_empty();
        RoomCommit::new(CommitParts {
            id: change.commit_id,
            room: if is_empty { self.clone() } else { after },
            expected: Expected::Revision(self.revision),
            fate: if is_empty { Fate::Gone } else { Fate::Kept },
            participants,
            events: change.event_ids.into_iter().zip(told).map(outgoing).collect(),
            idempotency: None,
        })
    }

    /// The ids of everyone in the room, ascending.
    pub(super) fn everyone(&self) -> Vec<UserId> {
        self.participants.iter().map(|participant| participant.user_id).collect()
    }
}

/// A participant with the names that `users` has for them.
pub(super) fn member(participant: &Participant, users: &[User]) -> Member {
    Member::of(participant, users.iter().find(|user| user.id == participant.user_id))
}
