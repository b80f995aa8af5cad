//! What can be done with Parlour: one use case a file.

mod authenticate;
mod commit;
mod create_room;
mod delete_room;
mod expire_rooms;
mod find_user;
mod forget_old;
mod get_room;
mod in_progress;
mod issue_session;
mod list_rooms;
mod list_sessions;
mod read_inbox;
mod register_user;
mod revoke_session;

#[cfg(test)]
mod testing;

pub use authenticate::{Authenticate, AuthenticateError};
pub use create_room::{CreateRoom, CreateRoomCommand, CreateRoomError, RoomOpened};
pub use delete_room::{DeleteRoom, DeleteRoomError};
pub use expire_rooms::{ExpireRooms, ExpireRoomsError};
pub use find_user::FindUser;
pub use forget_old::{ForgetOld, Forgotten, INBOX_KEPT_FOR};
pub use get_room::{GetRoom, GetRoomError};
pub use issue_session::{IssueSession, IssueSessionError, IssuedSession};
pub use list_rooms::{ListRooms, RoomList};
pub use list_sessions::ListSessions;
pub use read_inbox::ReadInbox;
pub use register_user::{RegisterUser, RegisterUserError};
pub use revoke_session::RevokeSession;
