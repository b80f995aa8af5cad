//! A new session in the place of the one that a request carried.

use std::sync::Arc;

use super::{IssueSession, IssueSessionError, IssuedSession, RevokeSession};
use crate::{SessionId, UserId};

/// Issues a session to somebody who has just proven who they are, and revokes the one that they came with, so that nobody
/// who planted or knew that one gains by it (OWASP ASVS 5.0, 7.2.4).
#[derive(Clone)]
pub struct RotateSession {
    issue: Arc<IssueSession>,
    revoke: Arc<RevokeSession>,
}

impl RotateSession {
    /// Wires the use case.
    #[must_use]
    pub fn new(issue: Arc<IssueSession>, revoke: Arc<RevokeSession>) -> Self {
        Self { issue, revoke }
    }

    /// Revokes `carried`, whoever's it was, and issues a session for the user. Without the revocation there is none.
    ///
    /// # Errors
    /// [`IssueSessionError`] says why there is none.
    pub async fn execute(&self, user: UserId, carried: Option<SessionId>) -> Result<IssuedSession, IssueSessionError> {
        if let Some(carried) = carried {
            self.revoke.execute(carried).await?;
        }
        self.issue.execute(user).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{counted_ids, engine_says, stopped_clock, user, user_id};
    use super::*;
    use crate::mocks::{MockDisconnector, MockSessionRepo, MockUserRepo};
    use crate::port::WriteError;

    fn carried() -> SessionId {
        SessionId::from_uuid(uuid::Uuid::nil())
    }

    fn rotation(sessions: MockSessionRepo) -> RotateSession {
        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(|_| Ok(vec![user(1, "alice")]));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().return_const(());
        let sessions = Arc::new(sessions);
        let issue = IssueSession::new(Arc::new(users), sessions.clone(), stopped_clock(), counted_ids());
        RotateSession::new(Arc::new(issue), Arc::new(RevokeSession::new(sessions, Arc::new(disconnector))))
    }

    #[tokio::test]
    async fn the_session_that_was_carried_is_revoked_before_another_is_issued() {
        let mut order = mockall::Sequence::new();
        let mut sessions = MockSessionRepo::new();
        let is_carried = mockall::predicate::eq(carried());
        sessions.expect_remove().with(is_carried).once().in_sequence(&mut order).returning(|_| Ok(true));
        sessions.expect_insert().once().in_sequence(&mut order).returning(|_| Ok(()));
        let issued = rotation(sessions).execute(user_id(1), Some(carried())).await.unwrap();
        assert_ne!(issued.session.id, carried());
    }

    #[tokio::test]
    async fn a_session_that_cannot_be_revoked_is_not_replaced() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove().returning(|_| Err(WriteError::Unavailable(engine_says())));
        sessions.expect_insert().never();
        let refused = rotation(sessions).execute(user_id(1), Some(carried())).await;
        assert!(matches!(refused, Err(IssueSessionError::Write(_))));
    }
}
