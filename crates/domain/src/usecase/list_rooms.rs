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

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, alice_and_bobby, at, direct_room, group_room, stopped_clock, user_id};
    use super::*;
    use crate::mocks::{MockRoomRepo, MockUserRepo};

    #[tokio::test]
    async fn a_page_takes_one_query_for_rooms_and_one_for_everybody_in_them() {
        let mut rooms = MockRoomRepo::new();
        rooms
            .expect_list_of()
            .withf(|user, now, after, limit| (*user, *now, *after, *limit) == (user_id(2), at(NOW), None, 3))
            .once()
            .returning(|_, _, _, _| Ok(vec![direct_room(), group_room()]));
        let mut users = MockUserRepo::new();
        users
            .expect_find_many()
            .withf(|ids| ids == [user_id(1), user_id(2), user_id(3)])
            .once()
            .returning(|_| Ok(alice_and_bobby()));
        let list = ListRooms::new(Arc::new(users), Arc::new(rooms), stopped_clock());
        let page = list.execute(user_id(2), None, 2).await.unwrap();
        let names: Vec<String> = page.rooms.iter().map(RoomView::name).collect();
        assert_eq!(names, ["alice", "alice, Deleted user"]);
        assert_eq!(page.next, None);
    }

    #[tokio::test]
    async fn a_full_page_says_where_the_rest_begins() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_of().once().returning(|_, _, _, _| Ok(vec![direct_room(), group_room()]));
        let mut users = MockUserRepo::new();
        users.expect_find_many().once().returning(|_| Ok(alice_and_bobby()));
        let list = ListRooms::new(Arc::new(users), Arc::new(rooms), stopped_clock());
        let page = list.execute(user_id(2), None, 1).await.unwrap();
        assert_eq!(page.rooms.len(), 1);
        assert_eq!(page.next, Some(direct_room().cursor()));
    }

    #[tokio::test]
    async fn somebody_without_rooms_costs_one_query() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_of().once().returning(|_, _, _, _| Ok(Vec::new()));
        let mut users = MockUserRepo::new();
        users.expect_find_many().never();
        let list = ListRooms::new(Arc::new(users), Arc::new(rooms), stopped_clock());
        assert_eq!(list.execute(user_id(2), None, 1).await.unwrap(), RoomList { rooms: Vec::new(), next: None });
    }
}
