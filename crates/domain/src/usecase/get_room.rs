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

#[cfg(test)]
mod tests {
    use super::super::testing::{alice_and_bobby, clock_at, ephemeral_room, stopped_clock, user_id};
    use super::*;
    use crate::mocks::{MockRoomRepo, MockUserRepo};

    fn rooms_with_one() -> Arc<MockRoomRepo> {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_find().returning(|id| Ok((id == ephemeral_room().id()).then(ephemeral_room)));
        Arc::new(rooms)
    }

    fn unasked() -> Arc<MockUserRepo> {
        let mut users = MockUserRepo::new();
        users.expect_find_many().never();
        Arc::new(users)
    }

    #[tokio::test]
    async fn a_participant_sees_the_room_with_everybodys_names() {
        let mut users = MockUserRepo::new();
        users.expect_find_many().once().returning(|_| Ok(alice_and_bobby()));
        let get = GetRoom::new(Arc::new(users), rooms_with_one(), stopped_clock());
        let view = get.execute(user_id(1), ephemeral_room().id()).await.unwrap();
        assert_eq!(view.name(), "bobby");
        assert_eq!(view.unread_count, 0);
    }

    #[tokio::test]
    async fn an_absent_room_a_strangers_and_an_expired_one_are_not_found_alike() {
        let end = ephemeral_room().kind().expires_at().unwrap();
        let now = GetRoom::new(unasked(), rooms_with_one(), stopped_clock());
        let later = GetRoom::new(unasked(), rooms_with_one(), clock_at(end.as_micros()));
        let absent = RoomId::from_uuid(uuid::Uuid::nil());
        for refused in [
            now.execute(user_id(1), absent).await,
            now.execute(user_id(3), ephemeral_room().id()).await,
            later.execute(user_id(1), ephemeral_room().id()).await,
        ] {
            assert!(matches!(refused, Err(GetRoomError::NotFound)));
        }
    }
}
