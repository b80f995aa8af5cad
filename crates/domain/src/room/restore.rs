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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::room::open::tests::{at, group_room, user_id};

    fn parts(kind: RoomKind, users: &[u128]) -> RoomParts {
        let seat = |&n: &u128| Participant { user_id: user_id(n), role: Role::Member, joined_at: at(5) };
        RoomParts {
            id: RoomId::from_uuid(uuid::Uuid::from_u128(50)),
            kind,
            name: None,
            participants: users.iter().map(seat).collect(),
            created_by: user_id(2),
            created_at: at(5),
            updated_at: at(5),
            revision: Revision::FIRST,
        }
    }

    #[test]
    fn a_stored_room_comes_back_with_its_participants_in_order() {
        let room = group_room();
        let mut shuffled = room.participants().to_vec();
        shuffled.reverse();
        let parts = RoomParts {
            id: room.id(),
            kind: room.kind(),
            name: room.name().cloned(),
            participants: shuffled,
            created_by: room.created_by(),
            created_at: room.created_at(),
            updated_at: room.updated_at(),
            revision: room.revision(),
        };
        assert_eq!(Room::restore(parts), Ok(room));
    }

    #[test]
    fn parts_that_cannot_belong_to_one_room_are_refused() {
        assert_eq!(Room::restore(parts(RoomKind::Group, &[])), Err(InvalidRoom::ParticipantCount(0)));
        assert_eq!(Room::restore(parts(RoomKind::Direct, &[1])), Err(InvalidRoom::ParticipantCount(1)));
        assert_eq!(Room::restore(parts(RoomKind::Direct, &[1, 2, 3])), Err(InvalidRoom::ParticipantCount(3)));
        assert_eq!(
            Room::restore(parts(RoomKind::Group, &[1, 2, 1])),
            Err(InvalidRoom::DuplicateParticipant(user_id(1)))
        );
        let name = RoomName::parse("tea").ok();
        assert_eq!(
            Room::restore(RoomParts { name, ..parts(RoomKind::Direct, &[1, 2]) }),
            Err(InvalidRoom::NamedDirectRoom)
        );
        assert_eq!(
            Room::restore(RoomParts { revision: Revision::new(0), ..parts(RoomKind::Group, &[1]) }),
            Err(InvalidRoom::RevisionZero)
        );
    }
}
