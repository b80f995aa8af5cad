//! Looking at one room.

use std::sync::Arc;

use crate::port::{Clock, ReadError, RoomRepo, UserRepo};
use crate::{RoomId, RoomView, UserId};

/// Shows a room to one of its participants.
pub struct GetRoom {
    users: Arc<dyn UserRepo>,
    rooms: Arc<dyn RoomRepo>,
    clock: Arc<dyn Clock>,
}

/// Why a room is not shown.
#[derive(Debug, thiserror::Error)]
pub enum GetRoomError {
    /// To this reader the room does not exist: there is none, its time is over, or they are not in it.
    #[error("room not found")]
    NotFound,
    /// A store does not answer or is corrupt.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl GetRoom {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, rooms: Arc<dyn RoomRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { users, rooms, clock }
    }

    /// The room as `reader` sees it.
    ///
    /// # Errors
    /// [`GetRoomError`] says why it is not shown.
    pub async fn execute(&self, reader: UserId, id: RoomId) -> Result<RoomView, GetRoomError> {
        let room = self.rooms.find(id).await?.ok_or(GetRoomError::NotFound)?;
        if !room.is_visible_to(reader, self.clock.now()) {
            return Err(GetRoomError::NotFound);
        }
        let ids: Vec<UserId> = room.participants().iter().map(|participant| participant.user_id).collect();
        let users = self.users.find_many(&ids).await?;
        Ok(RoomView::all_read(room.snapshot(&users), reader))
    }
}
