//! The room: its state here, its rules in [`open`](Room::open), [`admit`](Room::admit),
//! [`depart`](Room::remove_participant), [`promote`](Room::change_role), [`rename`](Room::rename) and
//! [`remove`](Room::delete).

mod admit;
mod change;
#[cfg(test)]
pub(crate) mod change_tests;
mod commit;
mod depart;
mod event;
mod idempotency;
mod kind;
mod name;
pub(crate) mod open;
mod participant;
mod plan;
mod promote;
mod remove;
mod rename;
mod restore;
mod retell;
mod snapshot;
mod succession;

pub use change::{Change, ChangeRefused};
pub use commit::{CommitParts, Expected, Fate, OutgoingEvent, RoomCommit};
pub use event::{RoomEvent, RoomEventKind};
pub use idempotency::{
    Answer, Fingerprint, IDEMPOTENCY_KEPT_FOR, IdempotencyClaim, IdempotencyKey, IdempotencyRecord,
    InvalidIdempotencyKey,
};
pub use kind::{DirectPair, RoomKind};
pub use name::{InvalidRoomName, RoomName};
pub(crate) use open::check_present;
pub use open::{OpenRefused, Opening};
pub use participant::{InvalidRole, Participant, ParticipantChange, Role};
pub use plan::{InvalidInvitees, InvalidPlan, InvalidTtl, Invitees, RoomPlan, Ttl};
pub use remove::{DeleteRefused, Removal};
pub use restore::{InvalidRoom, RoomParts};
pub use snapshot::{Member, RoomSnapshot, RoomView};

use crate::{RoomId, Timestamp, UserId};

/// Which state of a room it is: 1 when it was created, one more with each commit that changes the room. Of one revision there is
/// one state, so that a store may work out what a change replaces from the revision that it expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u64);

impl Revision {
    /// The revision of a room that was just created.
    pub const FIRST: Self = Self(1);

    /// Wraps a number that a store kept.
    #[must_use]
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The revision after the next change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A room with its participants: the aggregate that every rule decides on.
///
/// It can only come from [`Room::open`] or, when a store reads it back, from [`Room::restore`]. Participants are in the
/// order of their user ids; a direct room has exactly two.
///
/// Only a group changes after its creation; a direct or ephemeral room stays as it was opened until it is gone, but for
/// what the people in it are called ([`retell`](Self::retell)). In a group
///
/// - the owner and the admins bring people in ([`admit`](Self::admit)) and name the room ([`rename`](Self::rename));
/// - everyone may leave, the owner may remove anyone and an admin members ([`remove_participant`](Self::remove_participant));
/// - the owner alone says who is an admin, and may hand the room over; an admin may step down
///   ([`change_role`](Self::change_role));
/// - there is always one owner: when they leave, the next in line follows; with the last participant the room is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    id: RoomId,
    kind: RoomKind,
    name: Option<RoomName>,
    participants: Vec<Participant>,
    created_by: UserId,
    created_at: Timestamp,
    updated_at: Timestamp,
    revision: Revision,
}

impl Room {
    /// How many people a room holds.
    pub const MOST_PEOPLE: usize = Invitees::MOST + 1;

    /// Names the room for ever.
    #[must_use]
    pub const fn id(&self) -> RoomId {
        self.id
    }

    /// What kind of room it is.
    #[must_use]
    pub const fn kind(&self) -> RoomKind {
        self.kind
    }

    /// The room's own name, if it was given one; never in a direct room.
    #[must_use]
    pub const fn name(&self) -> Option<&RoomName> {
        self.name.as_ref()
    }

    /// Everyone in the room, in the order of their user ids.
    #[must_use]
    pub fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// Who created it.
    #[must_use]
    pub const fn created_by(&self) -> UserId {
        self.created_by
    }

    /// When it was created.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When something last happened in it; rooms are listed by it, newest first.
    #[must_use]
    pub const fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// How often it was changed.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The pair of users that has this direct room; `None` for other kinds.
    #[must_use]
    pub fn direct_pair(&self) -> Option<DirectPair> {
        match (self.kind, self.participants.as_slice()) {
            (RoomKind::Direct, [one, other]) => Some(DirectPair::new(one.user_id, other.user_id)),
            _ => None,
        }
    }

    /// The participant that `user` is, if any.
    #[must_use]
    pub fn participant(&self, user: UserId) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.user_id == user)
    }

    /// Whether the room's time is over at `now`: from then on it does not exist for any read or write.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.kind.expires_at().is_some_and(|end| end <= now)
    }

    /// Whether the room exists in the eyes of `user` at `now`: they are in it and its time is not over.
    #[must_use]
    pub fn is_visible_to(&self, user: UserId, now: Timestamp) -> bool {
        !self.is_expired(now) && self.participant(user).is_some()
    }

    /// The place of this room in a listing by newest activity.
    #[must_use]
    pub const fn cursor(&self) -> RoomCursor {
        RoomCursor { updated_at: self.updated_at, room_id: self.id }
    }
}

/// A place in a user's list of rooms, which runs from the newest activity to the oldest, and from the highest room id
/// to the lowest where the instants are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomCursor {
    /// The activity of the room at that place.
    pub updated_at: Timestamp,
    /// The room at that place.
    pub room_id: RoomId,
}
