//! What happens to a room, as its participants are told of it.

use super::{Member, RoomSnapshot};
use crate::{EventId, RoomId, Timestamp};

/// Something that happened to a room.
///
/// It carries all that a recipient needs to hear of it, so that it can still be told when the room has changed or is
/// gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomEvent {
    /// Names the event; the same in every recipient's inbox.
    pub id: EventId,
    /// The room that it happened to.
    pub room_id: RoomId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: RoomEventKind,
}

/// What can happen to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomEventKind {
    /// To the recipient it is new, and looks like this: it was created, or they were brought in.
    Created(RoomSnapshot),
    /// It was renamed, and looks like this now.
    Updated(RoomSnapshot),
    /// This participant came in.
    Joined(Member),
    /// This participant, as they were last, is out: they left or were removed.
    Left(Member),
    /// This participant is now like this: their role changed.
    Changed(Member),
    /// Its owner deleted it.
    Deleted,
    /// Its time was over.
    Expired,
}

impl RoomEventKind {
    /// The event's name on the wire and in every store.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Created(_) => "room_created",
            Self::Updated(_) => "room_updated",
            Self::Joined(_) => "participant_joined",
            Self::Left(_) => "participant_left",
            Self::Changed(_) => "participant_changed",
            Self::Deleted => "room_deleted",
            Self::Expired => "room_expired",
        }
    }
}
