//! Revoking a session.

use std::sync::Arc;

use crate::SessionId;
use crate::port::{Disconnector, SessionRepo, WriteError};

/// Revokes sessions.
pub struct RevokeSession {
    sessions: Arc<dyn SessionRepo>,
    disconnector: Arc<dyn Disconnector>,
}

impl RevokeSession {
    /// Wires the use case.
    #[must_use]
    pub fn new(sessions: Arc<dyn SessionRepo>, disconnector: Arc<dyn Disconnector>) -> Self {
        Self { sessions, disconnector }
    }

    /// Revokes the session, closes its sockets, and answers whether there was one.
    ///
    /// The sockets are closed whatever the store knew: a connection may outlive its session's row.
    ///
    /// # Errors
    /// [`WriteError`] when the store does not answer.
    pub async fn execute(&self, id: SessionId) -> Result<bool, WriteError> {
        let was_there = self.sessions.remove(id).await?;
        self.disconnector.disconnect(vec![id]).await;
        if was_there {
            tracing::info!(session_id = %id, "session revoked");
        }
        Ok(was_there)
    }
}
