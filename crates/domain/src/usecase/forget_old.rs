//! Forgetting what has served its time.

use std::sync::Arc;
use std::time::Duration;

use crate::port::{Clock, InboxRepo, RoomRepo, SessionRepo, WriteError};

/// How long an inbox entry is kept.
pub const INBOX_KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes old inbox entries, answered requests and sessions.
pub struct ForgetOld {
    inboxes: Arc<dyn InboxRepo>,
    rooms: Arc<dyn RoomRepo>,
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Inbox entries older than [`INBOX_KEPT_FOR`].
    pub inbox_entries: u64,
    /// Idempotency records whose time was over.
    pub answers: u64,
    /// Sessions whose time was over.
    pub sessions: u64,
}

impl ForgetOld {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        inboxes: Arc<dyn InboxRepo>,
        rooms: Arc<dyn RoomRepo>,
        sessions: Arc<dyn SessionRepo>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { inboxes, rooms, sessions, clock }
    }

    /// Forgets what is old now.
    ///
    /// # Errors
    /// [`WriteError`] when a store does not answer; what was forgotten before stays forgotten.
    pub async fn execute(&self) -> Result<Forgotten, WriteError> {
        let now = self.clock.now();
        Ok(Forgotten {
            inbox_entries: self.inboxes.forget(now.before(INBOX_KEPT_FOR)).await?,
            answers: self.rooms.forget_answers(now).await?,
            sessions: self.sessions.remove_expired(now).await?,
        })
    }
}
