//! Listing a user's sessions.

use std::sync::Arc;

use crate::port::{Clock, ReadError, SessionRepo};
use crate::{Session, UserId};

/// Lists sessions.
pub struct ListSessions {
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// Wires the use case.
    #[must_use]
    pub fn new(sessions: Arc<dyn SessionRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock }
    }

    /// The live sessions of `user`, in the order in which they were issued.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn execute(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        let now = self.clock.now();
        let mut sessions = self.sessions.list_of(user).await?;
        sessions.retain(|session| session.caller(now).is_some());
        Ok(sessions)
    }
}
