//! What a user was told: the same events as the frames of the WebSocket.

use parlour_domain::{InboxEntry, InboxView, RoomEventKind};
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
#[expect(clippy::enum_variant_names, reason = "the names are those on the wire")]
pub(crate) enum InboxEventDto {
    /// The caller is in a new room.
    RoomCreated {
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
    },
    /// The room was deleted by its owner.
    RoomDeleted {
        #[schema(minimum = 1, example = 2)]
        seq: u64,
        #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000e2")]
        event_id: String,
        #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
        room_id: String,
    },
    /// The room's time was over.
    RoomExpired {
        #[schema(minimum = 1, example = 2)]
        seq: u64,
        #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000e2")]
        event_id: String,
        #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
        room_id: String,
    },
}

impl From<&InboxEntry> for InboxEventDto {
    fn from(entry: &InboxEntry) -> Self {
        let event = &*entry.event;
        let (seq, event_id, room_id) = (entry.seq.get(), event.id.to_string(), event.room_id.to_string());
        match &event.kind {
            RoomEventKind::Created(room) => Self::RoomCreated {
                seq,
                event_id,
                room_id,
                room_type: room.kind.into(),
                name: room.name_for(entry.recipient),
                participants: room.members.iter().map(ParticipantDto::from).collect(),
                is_encrypted: true,
                created_at: room.created_at.to_string(),
                updated_at: room.updated_at.to_string(),
                expires_at: room.kind.expires_at().map(|instant| instant.to_string()),
            },
            RoomEventKind::Deleted => Self::RoomDeleted { seq, event_id, room_id },
            RoomEventKind::Expired => Self::RoomExpired { seq, event_id, room_id },
        }
    }
}
