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
    /// The sockets are closed whatever the store knew, since a connection may outlive its session's row; and also when
    /// nobody knows whether it was removed.
    ///
    /// # Errors
    /// [`WriteError`] when the store does not answer.
    pub async fn execute(&self, id: SessionId) -> Result<bool, WriteError> {
        let removed = self.sessions.remove(id).await;
        if !matches!(removed, Err(WriteError::Unavailable(_))) {
            self.disconnector.disconnect(vec![id]).await;
        }
        let was_there = removed?;
        if was_there {
            tracing::info!(session_id = %id, "session revoked");
        }
        Ok(was_there)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine_says;
    use super::*;
    use crate::mocks::{MockDisconnector, MockSessionRepo};

    fn id() -> SessionId {
        SessionId::from_uuid(uuid::Uuid::nil())
    }

    #[tokio::test]
    async fn a_revoked_session_is_removed_first_and_then_its_sockets_are_closed() {
        let mut order = mockall::Sequence::new();
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove().once().in_sequence(&mut order).returning(|_| Ok(true));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().once().in_sequence(&mut order).withf(|ids| *ids == [id()]).returning(|_| ());
        assert!(RevokeSession::new(Arc::new(sessions), Arc::new(disconnector)).execute(id()).await.unwrap());
    }

    #[tokio::test]
    async fn a_store_that_fails_leaves_the_sockets_open() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove().once().returning(|_| Err(WriteError::Unavailable(engine_says())));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().never();
        assert!(RevokeSession::new(Arc::new(sessions), Arc::new(disconnector)).execute(id()).await.is_err());
    }

    #[tokio::test]
    async fn the_sockets_are_closed_when_nobody_knows_whether_the_session_is_gone() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove().once().returning(|_| Err(WriteError::OutcomeUnknown(engine_says())));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().once().withf(|ids| *ids == [id()]).returning(|_| ());
        assert!(RevokeSession::new(Arc::new(sessions), Arc::new(disconnector)).execute(id()).await.is_err());
    }
}
