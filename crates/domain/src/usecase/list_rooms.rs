//! Listing one's rooms.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::port::{Clock, ReadError, RoomRepo, UserRepo};
use crate::{Room, RoomCursor, RoomSnapshot, RoomView, User, UserId};

/// Lists the rooms that a user is in.
pub struct ListRooms {
    users: Arc<dyn UserRepo>,
    rooms: Arc<dyn RoomRepo>,
    clock: Arc<dyn Clock>,
}

/// A part of a list of rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomList {
    /// The rooms as the reader sees them, newest activity first.
    pub rooms: Vec<RoomView>,
    /// Where the rest begins; `None` at the end.
    pub next: Option<RoomCursor>,
}

impl ListRooms {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, rooms: Arc<dyn RoomRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { users, rooms, clock }
    }

    /// Up to `limit` rooms of `reader` after the place `after`; at most three queries, whatever their number.
    ///
    /// # Errors
    /// [`ReadError`] when a store does not answer or is corrupt.
    pub async fn execute(&self, reader: UserId, after: Option<RoomCursor>, limit: u32) -> Result<RoomList, ReadError> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rooms = self.rooms.list_of(reader, self.clock.now(), after, limit.saturating_add(1)).await?;
        let has_more = rooms.len() > wanted;
        rooms.truncate(wanted);
        let next = rooms.last().filter(|_| has_more).map(Room::cursor);
        let users = self.users_in(&rooms).await?;
        let by_id: HashMap<UserId, &User> = users.iter().map(|user| (user.id, user)).collect();
        let view = |room: &Room| RoomView::all_read(RoomSnapshot::of(room, &by_id), reader);
        Ok(RoomList { rooms: rooms.iter().map(view).collect(), next })
    }

    async fn users_in(&self, rooms: &[Room]) -> Result<Vec<User>, ReadError> {
        let ids: BTreeSet<UserId> =
            rooms.iter().flat_map(Room::participants).map(|participant| participant.user_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.users.find_many(&ids.into_iter().collect::<Vec<_>>()).await
    }
}
