//! Rooms, as one of their participants sees them.

use parlour_domain::usecase::RoomList;
use parlour_domain::{Member, Role, RoomKind, RoomView};
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor;

/// A room, seen from the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Room)]
pub(crate) struct RoomDto {
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-0000000000a1")]
    id: String,
    #[serde(rename = "type")]
    kind: RoomTypeDto,
    /// In a room of two the other's display name; in a group its own name, or the others' names joined.
    #[schema(example = "Bob")]
    name: String,
    /// Everyone in the room, in the order of their user ids.
    participants: Vec<ParticipantDto>,
    #[schema(minimum = 0, example = 0)]
    unread_count: u64,
    /// The server never holds a key.
    #[schema(example = true)]
    is_encrypted: bool,
    /// The user who created it.
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-000000000001")]
    created_by: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    created_at: String,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    updated_at: String,
    /// From this instant on an ephemeral room does not exist.
    #[schema(format = DateTime, required = true, example = json!(null))]
    expires_at: Option<String>,
}

impl From<RoomView> for RoomDto {
    fn from(view: RoomView) -> Self {
        let name = view.name();
        let RoomView { room, reader: _, unread_count } = view;
        Self {
            id: room.room_id.to_string(),
            kind: room.kind.into(),
            name,
            participants: room.members.iter().map(ParticipantDto::from).collect(),
            unread_count,
            is_encrypted: true,
            created_by: room.created_by.to_string(),
            created_at: room.created_at.to_string(),
            updated_at: room.updated_at.to_string(),
            expires_at: room.kind.expires_at().map(|instant| instant.to_string()),
        }
    }
}

/// The kind of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RoomType)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomTypeDto {
    Direct,
    Group,
    Ephemeral,
}

impl RoomTypeDto {
    pub(crate) const ALL: [Self; 3] = [Self::Direct, Self::Group, Self::Ephemeral];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Ephemeral => "ephemeral",
        }
    }
}

impl From<RoomKind> for RoomTypeDto {
    fn from(kind: RoomKind) -> Self {
        match kind {
            RoomKind::Direct => Self::Direct,
            RoomKind::Group => Self::Group,
            RoomKind::Ephemeral { .. } => Self::Ephemeral,
        }
    }
}

/// A user in a room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Participant)]
pub(crate) struct ParticipantDto {
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-000000000002")]
    user_id: String,
    /// Empty for a user who is gone.
    #[schema(example = "bob")]
    username: String,
    #[schema(example = "Bob")]
    display_name: String,
    role: RoleDto,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    joined_at: String,
}

impl From<&Member> for ParticipantDto {
    fn from(member: &Member) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            username: member.username.clone(),
            display_name: member.display_name.clone(),
            role: member.role.into(),
            joined_at: member.joined_at.to_string(),
        }
    }
}

/// What a participant may do.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleDto {
    Owner,
    Admin,
    Member,
}

impl From<Role> for RoleDto {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
        }
    }
}

/// A page of the caller's rooms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoomList)]
pub(crate) struct RoomListDto {
    /// Newest activity first.
    rooms: Vec<RoomDto>,
    /// To be given as `cursor` for the next page; null on the last one.
    #[schema(required = true, min_length = 32, max_length = 32, example = json!(null))]
    next_cursor: Option<String>,
}

impl From<RoomList> for RoomListDto {
    fn from(list: RoomList) -> Self {
        Self { rooms: list.rooms.into_iter().map(RoomDto::from).collect(), next_cursor: list.next.map(cursor::write) }
    }
}
