//! Deleting a room.

use std::sync::Arc;

use super::commit::{DECISIONS, commit_and_notify};
use crate::port::{Clock, CommitError, IdSource, Notifier, ReadError, RoomRepo, Source};
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

impl From<ReadError> for DeleteRoomError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(source) => Self::Unavailable(source),
            ReadError::Corrupt(source) => Self::Corrupt(source),
        }
    }
}

impl From<CommitError> for DeleteRoomError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Contended,
            CommitError::Unavailable(source) => Self::Unavailable(source),
            CommitError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
            CommitError::Corrupt(source) => Self::Corrupt(source),
        }
    }
}
