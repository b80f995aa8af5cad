//! What goes over the wire, separate from the domain so that neither holds the other back.

mod change_room;
mod change_room_schema;
mod create_room;
mod create_room_schema;
mod cursor;
mod inbox;
mod page;
mod passkey;
mod passkey_schema;
mod people;
mod people_schema;
mod room;
mod session;
mod status;
mod user;

pub(crate) use change_room::{AddParticipantRequest, ChangeRoleRequest, RenameRoomRequest};
pub(crate) use create_room::CreateRoomRequest;
pub(crate) use inbox::InboxDto;
pub(crate) use page::{ListBlocksQuery, ListRoomsQuery, ReadInboxQuery};
pub(crate) use passkey::{
    AddPasskeyRequest, BeginAuthenticationRequest, BeginRegistrationRequest, CompleteAuthenticationRequest,
    CompleteRegistrationRequest, MadePasskey, PasskeyDto, PasskeyListDto,
};
pub(crate) use passkey_schema::OptionsDto;
pub(crate) use people::{
    BlockListDto, ContactPolicyDto, RenameUserRequest, SearchUsersRequest, SetPolicyRequest, UserListDto,
};
pub(crate) use room::{ParticipantDto, RoomDto, RoomListDto, RoomTypeDto};
pub(crate) use session::SessionListDto;
pub(crate) use status::{HealthDto, PortState, Ports, ReadyDto};
pub(crate) use user::UserDto;
