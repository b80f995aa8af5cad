//! Telling people what somebody is called now.

use std::collections::VecDeque;
use std::sync::Arc;

use super::change::{ChangeRoomError, RoomChanger};
use crate::port::{Clock, ReadError, RoomRepo};
use crate::{ChangeRefused, Room, RoomId, UserId};

/// How many rooms hear of a new name: those with the newest activity.
pub const ROOMS_TOLD_OF_A_NAME: usize = 1_000;

const PAGE: u32 = 100;

/// So many rooms in a row that cannot be told mean that the store is away, and not that a room is hard to write.
const FAILURES_IN_A_ROW: usize = 3;

/// Tells everyone who shares a room with a user what that user is called.
///
/// Names are looked up whenever a room is read, so whoever is not told sees the new name at their next read.
pub struct TellName {
    changer: RoomChanger,
    rooms: Arc<dyn RoomRepo>,
    clock: Arc<dyn Clock>,
}

/// Whose name is told, and which rooms have yet to hear of it.
#[derive(Debug)]
pub struct NameTelling {
    user: UserId,
    /// In the order in which they are told; nothing before they were listed.
    left: Option<VecDeque<RoomId>>,
    told: usize,
}

impl NameTelling {
    /// A telling that has not begun.
    #[must_use]
    pub const fn of(user: UserId) -> Self {
        Self { user, left: None, told: 0 }
    }

    /// How many rooms have heard of the name.
    #[must_use]
    pub const fn told(&self) -> usize {
        self.told
    }
}

impl TellName {
    /// Wires the use case.
    #[must_use]
    pub fn new(changer: RoomChanger, rooms: Arc<dyn RoomRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { changer, rooms, clock }
    }

    /// Tells of a user in up to [`ROOMS_TOLD_OF_A_NAME`] rooms, the newest activity first. The rule is [`Room::retell`]. A
    /// room that others kept changing is passed over. One that cannot be told now is kept for the next time, and the others
    /// are told, unless several in a row cannot be told; calling it again with the same telling goes on with what is left.
    ///
    /// # Errors
    /// [`ChangeRoomError`] of the last room that could not be told, or when the rooms cannot be listed.
    pub async fn execute(&self, telling: &mut NameTelling) -> Result<(), ChangeRoomError> {
        let user = telling.user;
        let left = match &mut telling.left {
            Some(left) => left,
            unlisted => unlisted.insert(self.rooms_of(user).await?),
        };
        let (mut failure, mut in_a_row) = (None, 0);
        for _ in 0..left.len() {
            // It stays among those that are left until it is known that it is told, also when nobody waits for that any more.
            left.rotate_left(1);
            let Some(&room) = left.back() else { break };
            match self.tell(user, room).await {
                Ok(is_told) => {
                    left.pop_back();
                    telling.told += usize::from(is_told);
                    in_a_row = 0;
                }
                Err(error) => {
                    // What does not parse will not do so next time either.
                    if matches!(error, ChangeRoomError::Corrupt(_)) {
                        left.pop_back();
                    } else {
                        in_a_row += 1;
                    }
                    let cause = &error as &dyn std::error::Error;
                    tracing::debug!(error = cause, room_id = %room, user_id = %user, "room could not be told of a name");
                    failure = Some(error);
                }
            }
            if in_a_row == FAILURES_IN_A_ROW {
                break;
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        tracing::info!(user_id = %user, rooms = telling.told, "rooms told of a name");
        Ok(())
    }

    async fn rooms_of(&self, user: UserId) -> Result<VecDeque<RoomId>, ReadError> {
        let (mut rooms, mut after) = (VecDeque::new(), None);
        while rooms.len() < ROOMS_TOLD_OF_A_NAME {
            let page = self.rooms.list_of(user, self.clock.now(), after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.cursor());
            rooms.extend(page.iter().map(Room::id));
        }
        rooms.truncate(ROOMS_TOLD_OF_A_NAME);
        Ok(rooms)
    }

    /// The user is read after the room, so that of racing tellings the one that is committed last has the newest name.
    async fn tell(&self, user: UserId, room: RoomId) -> Result<bool, ChangeRoomError> {
        let retell = |room: &Room, change, users: &[_]| Ok(room.retell(change, user, users));
        match self.changer.apply(user, room, None, retell).await {
            Ok(changed) => Ok(changed.is_written),
            Err(ChangeRoomError::Refused(ChangeRefused::RoomNotFound)) => Ok(false),
            Err(ChangeRoomError::Contended) => {
                tracing::warn!(room_id = %room, user_id = %user, "room is too busy to be told of a name");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::tests::{rooms_with_the_club, silent, users_know_everyone, waking, wire};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::testing::{NOW, at, engine_says, stopped_clock, user_id};
    use super::*;
    use crate::mocks::{MockNotifier, MockRoomRepo};
    use crate::port::{CommitError, Committed};
    use crate::room::change_tests::club;
    use crate::{RoomCursor, RoomEventKind};

    fn tell(listed: MockRoomRepo, written: MockRoomRepo, notifier: MockNotifier) -> TellName {
        TellName::new(wire(users_know_everyone(), written, notifier), Arc::new(listed), stopped_clock())
    }

    /// Lists the club once and then nothing.
    fn listing_the_club() -> MockRoomRepo {
        let mut rooms = MockRoomRepo::new();
        rooms
            .expect_list_of()
            .withf(|user, now, _, _| (*user, *now) == (user_id(1), at(NOW)))
            .returning(|_, _, after, _| Ok(if after.is_none() { vec![club()] } else { Vec::new() }));
        rooms
    }

    /// Tells of the first user once, and answers how many rooms have heard of it.
    async fn told(tell: &TellName) -> usize {
        let mut telling = NameTelling::of(user_id(1));
        tell.execute(&mut telling).await.unwrap();
        telling.told()
    }

    #[tokio::test]
    async fn everyone_in_a_shared_room_is_told() {
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().once().returning(|commit| {
            let told = &commit.parts().events[0].event.kind;
            assert!(matches!(told, RoomEventKind::Changed(member) if member.user_id == user_id(1)));
            Ok(Committed::AlreadyApplied)
        });
        assert_eq!(told(&tell(listing_the_club(), rooms, waking(&[1, 2, 3, 4]))).await, 1);
    }

    #[tokio::test]
    async fn a_room_that_is_gone_or_too_busy_is_passed_over() {
        let mut gone = MockRoomRepo::new();
        gone.expect_find().returning(|_| Ok(None));
        assert_eq!(told(&tell(listing_the_club(), gone, silent())).await, 0);
        let mut busy = rooms_with_the_club();
        busy.expect_commit().returning(|_| Err(CommitError::Conflict));
        assert_eq!(told(&tell(listing_the_club(), busy, silent())).await, 0);
    }

    #[tokio::test]
    async fn no_more_rooms_are_told_than_the_bound() {
        let mut listed = MockRoomRepo::new();
        let pages = ROOMS_TOLD_OF_A_NAME / PAGE as usize;
        listed.expect_list_of().times(pages).returning(|_, _, _, limit| Ok(vec![club(); limit as usize]));
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().times(ROOMS_TOLD_OF_A_NAME).returning(|_| Ok(Committed::Applied(Vec::new())));
        assert_eq!(told(&tell(listed, rooms, silent())).await, ROOMS_TOLD_OF_A_NAME);
    }

    /// Lists the club so many times, as if it were as many rooms, and once.
    fn listing(rooms: usize) -> MockRoomRepo {
        let mut listed = MockRoomRepo::new();
        let page = move |after: Option<RoomCursor>| if after.is_none() { vec![club(); rooms] } else { Vec::new() };
        listed.expect_list_of().times(2).returning(move |_, _, after, _| Ok(page(after)));
        listed
    }

    /// A store in which the writes that are named here, counted from 0, end like this.
    fn failing(at: &'static [usize], how: fn() -> CommitError) -> (MockRoomRepo, Arc<AtomicUsize>) {
        let writes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&writes);
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().returning(move |_| {
            let write = counted.fetch_add(1, Ordering::Relaxed);
            if at.contains(&write) { Err(how()) } else { Ok(Committed::Applied(Vec::new())) }
        });
        (rooms, writes)
    }

    fn away() -> CommitError {
        CommitError::Unavailable(engine_says())
    }

    #[tokio::test]
    async fn a_room_that_cannot_be_told_keeps_no_other_from_hearing_and_is_told_the_next_time() {
        let (rooms, writes) = failing(&[1, 3], away);
        let tell = tell(listing(5), rooms, silent());
        let mut telling = NameTelling::of(user_id(1));
        let failed = tell.execute(&mut telling).await;
        assert!(matches!(failed, Err(ChangeRoomError::Unavailable(_))));
        assert_eq!((telling.told(), writes.load(Ordering::Relaxed)), (3, 5));
        tell.execute(&mut telling).await.unwrap();
        assert_eq!((telling.told(), writes.load(Ordering::Relaxed)), (5, 7), "nobody is told twice");
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_not_asked_for_every_room_and_the_next_time_begins_with_the_others() {
        let (rooms, writes) = failing(&[0, 1, 2, 6], away);
        let tell = tell(listing(5), rooms, silent());
        let mut telling = NameTelling::of(user_id(1));
        assert!(tell.execute(&mut telling).await.is_err());
        assert_eq!((telling.told(), writes.load(Ordering::Relaxed)), (0, 3));
        assert!(tell.execute(&mut telling).await.is_err());
        assert_eq!((telling.told(), writes.load(Ordering::Relaxed)), (4, 8));
        tell.execute(&mut telling).await.unwrap();
        assert_eq!(telling.told(), 5);
    }

    #[tokio::test]
    async fn what_does_not_parse_is_reported_and_not_tried_again() {
        let (rooms, writes) = failing(&[0], || CommitError::Corrupt(engine_says()));
        let tell = tell(listing(2), rooms, silent());
        let mut telling = NameTelling::of(user_id(1));
        assert!(matches!(tell.execute(&mut telling).await, Err(ChangeRoomError::Corrupt(_))));
        tell.execute(&mut telling).await.unwrap();
        assert_eq!((telling.told(), writes.load(Ordering::Relaxed)), (1, 2));
    }

    #[tokio::test]
    async fn rooms_that_cannot_be_listed_are_listed_the_next_time() {
        let mut listed = MockRoomRepo::new();
        listed.expect_list_of().once().returning(|_, _, _, _| Err(ReadError::Unavailable(engine_says())));
        listed.expect_list_of().times(2).returning(|_, _, after, _| Ok(Vec::from_iter(after.is_none().then(club))));
        let tell = tell(listed, failing(&[], away).0, silent());
        let mut telling = NameTelling::of(user_id(1));
        assert!(tell.execute(&mut telling).await.is_err());
        tell.execute(&mut telling).await.unwrap();
        assert_eq!(telling.told(), 1);
    }
}
