//! Deleting a room.

use std::sync::Arc;

use super::commit::{DECISIONS, commit_and_notify, failed_by_a_store};
use crate::port::{Clock, CommitError, IdSource, Notifier, RoomRepo, Source};
use crate::room::Removal;
use crate::{CommitId, DeleteRefused, EventId, RoomId, UserId};

/// Deletes a room for its owner.
pub struct DeleteRoom {
    rooms: Arc<dyn RoomRepo>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

/// Why a room was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteRoomError {
    /// The rule says no.
    #[error(transparent)]
    Refused(#[from] DeleteRefused),
    /// Others kept changing the room; nothing was written and the same request may be made again.
    #[error("gave up after conflicts")]
    Contended,
    /// The store does not answer; nothing was written and the same request may be made again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// The room may or may not be gone.
    #[error("outcome of the deletion is unknown")]
    OutcomeUnknown(#[source] Source),
    /// What is stored no longer parses; nothing was written.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

impl DeleteRoom {
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

    /// Deletes the room `id` for `user`; everyone who was in it is told.
    ///
    /// # Errors
    /// [`DeleteRoomError`] says why it is still there.
    pub async fn execute(&self, user: UserId, id: RoomId) -> Result<(), DeleteRoomError> {
        for _ in 0..DECISIONS {
            let room = self.rooms.find(id).await?.ok_or(DeleteRefused::NotFound)?;
            let removal = Removal {
                event_id: EventId::from_uuid(self.ids.uuid()),
                commit_id: CommitId::from_uuid(self.ids.uuid()),
                now: self.clock.now(),
            };
            let commit = room.delete(removal, user)?;
            match commit_and_notify(&*self.rooms, &*self.notifier, commit).await {
                Ok(()) => {
                    tracing::info!(room_id = %id, user_id = %user, "room deleted");
                    return Ok(());
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeleteRoomError::Contended)
    }
}

failed_by_a_store!(DeleteRoomError);

#[cfg(test)]
mod tests {
    use super::super::testing::{counted_ids, engine_says, group_room, stopped_clock, user_id};
    use super::*;
    use crate::mocks::{MockNotifier, MockRoomRepo};
    use crate::port::ReadError;
    use crate::port::{Committed, Notice};

    fn rooms_with_one() -> MockRoomRepo {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_find().returning(|id| Ok((id == group_room().id()).then(group_room)));
        rooms
    }

    fn wire(rooms: MockRoomRepo, notifier: MockNotifier) -> DeleteRoom {
        DeleteRoom::new(Arc::new(rooms), Arc::new(notifier), stopped_clock(), counted_ids())
    }

    fn silent() -> MockNotifier {
        let mut notifier = MockNotifier::new();
        notifier.expect_notify().never();
        notifier
    }

    #[tokio::test]
    async fn an_owner_deletes_and_everyone_is_told() {
        let mut rooms = rooms_with_one();
        rooms.expect_commit().once().returning(|_| Ok(Committed::AlreadyApplied));
        let mut notifier = MockNotifier::new();
        notifier
            .expect_notify()
            .withf(|notices| *notices == [1, 2, 3].map(|n| Notice::Wake(user_id(n))))
            .once()
            .returning(|_| Ok(()));
        wire(rooms, notifier).execute(user_id(2), group_room().id()).await.unwrap();
    }

    #[tokio::test]
    async fn nobody_else_deletes_and_nothing_is_written() {
        for (user, room, reason) in [
            (user_id(1), group_room().id(), DeleteRefused::NotOwner),
            (user_id(4), group_room().id(), DeleteRefused::NotFound),
            (user_id(2), RoomId::from_uuid(uuid::Uuid::nil()), DeleteRefused::NotFound),
        ] {
            let mut rooms = rooms_with_one();
            rooms.expect_commit().never();
            let refused = wire(rooms, silent()).execute(user, room).await;
            assert!(matches!(refused, Err(DeleteRoomError::Refused(why)) if why == reason), "{reason}");
        }
    }

    #[tokio::test]
    async fn a_conflict_is_decided_again_and_endless_ones_are_given_up() {
        let mut rooms = rooms_with_one();
        rooms.expect_commit().times(DECISIONS).returning(|_| Err(CommitError::Conflict));
        let refused = wire(rooms, silent()).execute(user_id(2), group_room().id()).await;
        assert!(matches!(refused, Err(DeleteRoomError::Contended)));
    }

    #[tokio::test]
    async fn what_the_store_says_is_passed_on() {
        type IsExpected = fn(&DeleteRoomError) -> bool;
        let cases: [(fn() -> CommitError, IsExpected); 3] = [
            (|| CommitError::Unavailable(engine_says()), |error| matches!(error, DeleteRoomError::Unavailable(_))),
            (
                || CommitError::OutcomeUnknown(engine_says()),
                |error| matches!(error, DeleteRoomError::OutcomeUnknown(_)),
            ),
            (|| CommitError::Corrupt(engine_says()), |error| matches!(error, DeleteRoomError::Corrupt(_))),
        ];
        for (said, is_expected) in cases {
            let mut rooms = rooms_with_one();
            rooms.expect_commit().returning(move |_| Err(said()));
            let refused = wire(rooms, silent()).execute(user_id(2), group_room().id()).await.unwrap_err();
            assert!(is_expected(&refused), "{refused:?}");
        }
        for (said, is_expected) in [
            (
                ReadError::Unavailable as fn(Source) -> ReadError,
                (|error| matches!(error, DeleteRoomError::Unavailable(_))) as IsExpected,
            ),
            (ReadError::Corrupt, |error| matches!(error, DeleteRoomError::Corrupt(_))),
        ] {
            let mut rooms = MockRoomRepo::new();
            rooms.expect_find().returning(move |_| Err(said(engine_says())));
            let refused = wire(rooms, silent()).execute(user_id(2), group_room().id()).await.unwrap_err();
            assert!(is_expected(&refused), "{refused:?}");
        }
    }
}
