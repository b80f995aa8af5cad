//! The sweep: rooms whose time is over are removed and their participants told.

use std::sync::Arc;

use super::commit::commit_and_notify;
use crate::port::{Clock, CommitError, IdSource, Notifier, ReadError, RoomRepo};
use crate::room::Removal;
use crate::{CommitId, EventId, Room};

const ROOMS_AT_ONCE: u32 = 100;

/// Removes expired rooms. It keeps no state of its own, so it goes on where it was after a restart, and several nodes
/// may sweep at once.
pub struct ExpireRooms {
    rooms: Arc<dyn RoomRepo>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

/// Why a sweep stopped; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum ExpireRoomsError {
    /// Expired rooms could not be read.
    #[error("expired rooms could not be read")]
    Read(#[from] ReadError),
    /// An expired room could not be removed.
    #[error("expired room could not be removed")]
    Commit(#[from] CommitError),
}

impl ExpireRooms {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        rooms: Arc<dyn RoomRepo>,
        notifier: Arc<dyn Notifier>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { rooms, notifier, clock, ids }
    }

    /// Removes up to 100 rooms that are expired now and answers how many it removed; 0 means that none is left.
    ///
    /// # Errors
    /// [`ExpireRoomsError`] when the store does not answer or is corrupt; what was removed before stays removed.
    pub async fn execute(&self) -> Result<usize, ExpireRoomsError> {
        let (mut removed, mut failure) = (0, None);
        for room in self.rooms.list_expired(self.clock.now(), ROOMS_AT_ONCE).await? {
            match self.expire(&room).await {
                Ok(()) => removed += 1,
                // Another sweep was faster, or its owner deleted the room.
                Err(CommitError::Conflict) => {}
                Err(error) => {
                    let cause = &error as &dyn std::error::Error;
                    tracing::debug!(error = cause, room_id = %room.id(), "expired room could not be removed");
                    failure = Some(error);
                }
            }
        }
        failure.map_or(Ok(removed), |error| Err(error.into()))
    }

    async fn expire(&self, room: &Room) -> Result<(), CommitError> {
        let removal = Removal {
            event_id: EventId::from_uuid(self.ids.uuid()),
            commit_id: CommitId::from_uuid(self.ids.uuid()),
            now: self.clock.now(),
        };
        let Some(commit) = room.expire(removal) else { return Ok(()) };
        commit_and_notify(&*self.rooms, &*self.notifier, commit).await?;
        tracing::info!(room_id = %room.id(), "room expired");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, clock_at, counted_ids, engine_says, ephemeral_room};
    use super::*;
    use crate::mocks::{MockNotifier, MockRoomRepo};
    use crate::port::Committed;
    use crate::{Fate, RoomEventKind};

    fn end() -> i64 {
        ephemeral_room().kind().expires_at().unwrap().as_micros()
    }

    fn wire(rooms: MockRoomRepo, notifier: MockNotifier) -> ExpireRooms {
        ExpireRooms::new(Arc::new(rooms), Arc::new(notifier), clock_at(end()), counted_ids())
    }

    #[tokio::test]
    async fn an_expired_room_is_removed_and_its_participants_are_told() {
        let mut rooms = MockRoomRepo::new();
        rooms
            .expect_list_expired()
            .withf(|now, _| *now == at(end()))
            .once()
            .returning(|_, _| Ok(vec![ephemeral_room()]));
        rooms.expect_commit().once().returning(|commit| {
            assert_eq!(commit.parts().fate, Fate::Gone);
            assert_eq!(commit.parts().events[0].event.kind, RoomEventKind::Expired);
            Ok(Committed::AlreadyApplied)
        });
        let mut notifier = MockNotifier::new();
        notifier.expect_notify().withf(|notices| notices.len() == 2).once().returning(|_| Ok(()));
        assert_eq!(wire(rooms, notifier).execute().await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_room_that_someone_else_removed_is_passed_over() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_expired().once().returning(|_, _| Ok(vec![ephemeral_room()]));
        rooms.expect_commit().once().returning(|_| Err(CommitError::Conflict));
        assert_eq!(wire(rooms, MockNotifier::new()).execute().await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_room_that_cannot_be_removed_does_not_hold_up_the_others() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_expired().once().returning(|_, _| Ok(vec![ephemeral_room(), ephemeral_room()]));
        let mut tries = 0;
        rooms.expect_commit().times(2).returning(move |_| {
            tries += 1;
            if tries == 1 { Err(CommitError::Corrupt(engine_says())) } else { Ok(Committed::AlreadyApplied) }
        });
        let mut notifier = MockNotifier::new();
        notifier.expect_notify().once().returning(|_| Ok(()));
        let stopped = wire(rooms, notifier).execute().await;
        assert!(matches!(stopped, Err(ExpireRoomsError::Commit(CommitError::Corrupt(_)))));
    }

    #[tokio::test]
    async fn a_store_that_fails_stops_the_sweep() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_expired().once().returning(|_, _| Err(ReadError::Unavailable(engine_says())));
        let stopped = wire(rooms, MockNotifier::new()).execute().await;
        assert!(matches!(stopped, Err(ExpireRoomsError::Read(_))));

        let mut rooms = MockRoomRepo::new();
        rooms.expect_list_expired().once().returning(|_, _| Ok(vec![ephemeral_room()]));
        rooms.expect_commit().once().returning(|_| Err(CommitError::Unavailable(engine_says())));
        let stopped = wire(rooms, MockNotifier::new()).execute().await;
        assert!(matches!(stopped, Err(ExpireRoomsError::Commit(_))));
    }
}
