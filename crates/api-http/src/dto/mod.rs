//! What goes over the wire, separate from the domain so that neither holds the other back.

mod create_room;
mod create_room_schema;
mod cursor;
mod inbox;
mod page;
mod room;
mod status;
mod user;

pub(crate) use create_room::CreateRoomRequest;
pub(crate) use inbox::InboxDto;
pub(crate) use page::{ListRoomsQuery, ReadInboxQuery};
pub(crate) use room::{ParticipantDto, RoomDto, RoomListDto, RoomTypeDto};
pub(crate) use status::{HealthDto, PortState, Ports, ReadyDto};
pub(crate) use user::UserDto;
