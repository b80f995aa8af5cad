//! What a user was told: the same events as the frames of the WebSocket.

use parlour_domain::{InboxEntry, InboxView, Member, RoomEventKind, RoomSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ParticipantDto, RoomTypeDto};

/// A part of the caller's inbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inbox)]
pub(crate) struct InboxDto {
    /// The events after `since`, the oldest first, without a gap.
    events: Vec<InboxEventDto>,
    /// The place of the newest event; 0 for an inbox that never had one.
    #[schema(minimum = 0, example = 1)]
    head: u64,
    /// `since` cannot be resumed from: fetch `/rooms`, then go on from `head`.
    #[schema(example = false)]
    reset: bool,
}

impl From<InboxView> for InboxDto {
    fn from(view: InboxView) -> Self {
        Self {
            events: view.entries.iter().map(InboxEventDto::from).collect(),
            head: view.head.get(),
            reset: view.reset,
        }
    }
}

/// An event in the caller's inbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InboxEvent)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum InboxEventDto {
    /// The caller is in a new room, or in one that is new to them.
    RoomCreated(RoomEventDto),
    /// The room was renamed.
    RoomUpdated(RoomEventDto),
    /// Somebody came into the room.
    ParticipantJoined(ParticipantEventDto),
    /// Somebody, perhaps the caller, left the room or was removed.
    ParticipantLeft(ParticipantEventDto),
    /// Somebody in the room has another role.
    ParticipantChanged(ParticipantEventDto),
    /// The room was deleted by its owner.
    RoomDeleted(EndEventDto),
    /// The room's time was over.
    RoomExpired(EndEventDto),
}

/// An event that shows the room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoomEvent)]
pub(crate) struct RoomEventDto {
    /// Its place in the caller's inbox.
    #[schema(minimum = 1, example = 1)]
    seq: u64,
    /// The same in every participant's inbox.
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000e1")]
    event_id: String,
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
    room_id: String,
    room_type: RoomTypeDto,
    /// What the caller calls the room.
    #[schema(example = "Alice")]
    name: String,
    participants: Vec<ParticipantDto>,
    #[schema(example = true)]
    is_encrypted: bool,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    created_at: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    updated_at: String,
    #[schema(format = DateTime, required = true, example = json!(null))]
    expires_at: Option<String>,
}

/// An event about one participant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ParticipantEvent)]
pub(crate) struct ParticipantEventDto {
    /// Its place in the caller's inbox.
    #[schema(minimum = 1, example = 2)]
    seq: u64,
    /// The same in every participant's inbox.
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000e2")]
    event_id: String,
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
    room_id: String,
    /// As they are from then on; who is out, as they were last.
    participant: ParticipantDto,
}

/// The end of a room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndEvent)]
pub(crate) struct EndEventDto {
    /// Its place in the caller's inbox.
    #[schema(minimum = 1, example = 3)]
    seq: u64,
    /// The same in every participant's inbox.
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000e3")]
    event_id: String,
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
    room_id: String,
}

impl From<&InboxEntry> for InboxEventDto {
    fn from(entry: &InboxEntry) -> Self {
        match &entry.event.kind {
            RoomEventKind::Created(room) => Self::RoomCreated(RoomEventDto::of(entry, room)),
            RoomEventKind::Updated(room) => Self::RoomUpdated(RoomEventDto::of(entry, room)),
            RoomEventKind::Joined(member) => Self::ParticipantJoined(ParticipantEventDto::of(entry, member)),
            RoomEventKind::Left(member) => Self::ParticipantLeft(ParticipantEventDto::of(entry, member)),
            RoomEventKind::Changed(member) => Self::ParticipantChanged(ParticipantEventDto::of(entry, member)),
            RoomEventKind::Deleted => Self::RoomDeleted(EndEventDto::of(entry)),
            RoomEventKind::Expired => Self::RoomExpired(EndEventDto::of(entry)),
        }
    }
}

impl RoomEventDto {
    fn of(entry: &InboxEntry, room: &RoomSnapshot) -> Self {
        Self {
            seq: entry.seq.get(),
            event_id: entry.event.id.to_string(),
            room_id: entry.event.room_id.to_string(),
            room_type: room.kind.into(),
            name: room.name_for(entry.recipient),
            participants: room.members.iter().map(ParticipantDto::from).collect(),
            is_encrypted: true,
            created_at: room.created_at.to_string(),
            updated_at: room.updated_at.to_string(),
            expires_at: room.kind.expires_at().map(|instant| instant.to_string()),
        }
    }
}

impl ParticipantEventDto {
    fn of(entry: &InboxEntry, member: &Member) -> Self {
        Self {
            seq: entry.seq.get(),
            event_id: entry.event.id.to_string(),
            room_id: entry.event.room_id.to_string(),
            participant: member.into(),
        }
    }
}

impl EndEventDto {
    fn of(entry: &InboxEntry) -> Self {
        Self { seq: entry.seq.get(), event_id: entry.event.id.to_string(), room_id: entry.event.room_id.to_string() }
    }
}
