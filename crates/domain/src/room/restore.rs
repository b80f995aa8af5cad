//! The way of a stored room back into the domain.

use super::{Participant, Revision, Room, RoomKind, RoomName};
use crate::{RoomId, Timestamp, UserId};

/// Why stored parts are no room; a store reports it as corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoom {
    /// It has no participant, or a direct room has not exactly two.
    #[error("room has {0} participants, which its kind does not allow")]
    ParticipantCount(usize),
    /// The same user is in it twice.
    #[error("user {0} is in the room twice")]
    DuplicateParticipant(UserId),
    /// A direct room has a name of its own.
    #[error("direct room has a name")]
    NamedDirectRoom,
    /// Revisions start at 1.
    #[error("room is at revision 0")]
    RevisionZero,
}

/// The parts of a stored room, each of them valid by itself.
#[derive(Debug, Clone)]
pub struct RoomParts {
    /// See [`Room::id`].
    pub id: RoomId,
    /// See [`Room::kind`].
    pub kind: RoomKind,
    /// See [`Room::name`].
    pub name: Option<RoomName>,
    /// See [`Room::participants`]; in any order.
    pub participants: Vec<Participant>,
    /// See [`Room::created_by`].
    pub created_by: UserId,
    /// See [`Room::created_at`].
    pub created_at: Timestamp,
    /// See [`Room::updated_at`].
    pub updated_at: Timestamp,
    /// See [`Room::revision`].
    pub revision: Revision,
}

impl Room {
    /// Puts a stored room together again.
    ///
    /// # Errors
    /// [`InvalidRoom`] when the parts cannot belong to one room.
    pub fn restore(parts: RoomParts) -> Result<Self, InvalidRoom> {
        let RoomParts { id, kind, name, mut participants, created_by, created_at, updated_at, revision } = parts;
        let allowed = match kind {
            RoomKind::Direct => 2..=2,
            RoomKind::Group | RoomKind::Ephemeral { .. } => 1..=usize::MAX,
        };
        if !allowed.contains(&participants.len()) {
            return Err(InvalidRoom::ParticipantCount(participants.len()));
        }
        if kind == RoomKind::Direct && name.is_some() {
            return Err(InvalidRoom::NamedDirectRoom);
        }
        if revision < Revision::FIRST {
            return Err(InvalidRoom::RevisionZero);
        }
        participants.sort_unstable_by_key(|participant| participant.user_id);
        if let Some(pair) = participants.windows(2).find(|pair| pair[0].user_id == pair[1].user_id) {
            return Err(InvalidRoom::DuplicateParticipant(pair[0].user_id));
        }
        Ok(Self { id, kind, name, participants, created_by, created_at, updated_at, revision })
    }
}
