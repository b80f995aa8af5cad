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
        let mut removed = 0;
        for room in self.rooms.list_expired(self.clock.now(), ROOMS_AT_ONCE).await? {
            match self.expire(&room).await {
                Ok(()) => removed += 1,
                // Another sweep was faster, or its owner deleted the room.
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(removed)
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
