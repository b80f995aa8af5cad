//! What happens to a room, as its participants are told of it.

use super::RoomSnapshot;
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
    /// It was created, and looked like this.
    Created(RoomSnapshot),
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
            Self::Deleted => "room_deleted",
            Self::Expired => "room_expired",
        }
    }
}
