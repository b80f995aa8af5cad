//! Issuing a session.

use std::sync::Arc;

use crate::port::{Clock, IdSource, ReadError, SessionRepo, UserRepo, WriteError};
use crate::{Session, SessionId, SessionLifetime, SessionToken, UserId};

/// Issues sessions.
pub struct IssueSession {
    users: Arc<dyn UserRepo>,
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    lifetime: SessionLifetime,
}

/// A new session and its secret, which nobody can read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedSession {
    /// The session.
    pub session: Session,
    /// Its secret.
    pub token: SessionToken,
}

/// Why no session was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueSessionError {
    /// The user does not exist or is not active.
    #[error("user not found: {0}")]
    UserNotFound(UserId),
    /// The user could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The session could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl IssueSession {
    /// Wires the use case; sessions live for [`SESSION_LIFETIME`](crate::SESSION_LIFETIME).
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        sessions: Arc<dyn SessionRepo>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, sessions, clock, ids, lifetime: SessionLifetime::default() }
    }

    /// The same with another lifetime.
    #[must_use]
    pub fn with_lifetime(self, lifetime: SessionLifetime) -> Self {
        Self { lifetime, ..self }
    }

    /// Issues a session for an active user.
    ///
    /// # Errors
    /// [`IssueSessionError`] says why there is none.
    pub async fn execute(&self, user: UserId) -> Result<IssuedSession, IssueSessionError> {
        let found = self.users.find_many(&[user]).await?;
        if !found.iter().any(|found| found.is_active) {
            return Err(IssueSessionError::UserNotFound(user));
        }
        let token = self.ids.session_token();
        let now = self.clock.now();
        let issued = Session::issue(SessionId::from_uuid(self.ids.uuid()), user, &token, now);
        let session = Session { expires_at: self.lifetime.first_end(now), ..issued };
        self.sessions.insert(session.clone()).await?;
        tracing::info!(session_id = %session.id, user_id = %user, "session issued");
        Ok(IssuedSession { session, token })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{NOW, at, counted_ids, engine_says, stopped_clock, user, user_id};
    use super::*;
    use crate::mocks::{MockSessionRepo, MockUserRepo};
    use crate::{SESSION_LIFETIME, User};

    fn users_know(found: Vec<User>) -> Arc<MockUserRepo> {
        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(move |_| Ok(found.clone()));
        Arc::new(users)
    }

    #[tokio::test]
    async fn a_session_is_stored_with_the_hash_of_its_token_and_lives_a_day() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_insert().once().returning(|session| {
            assert_eq!(session.token_hash, SessionToken::from_random_bytes([9; 32]).hash());
            Ok(())
        });
        let issue =
            IssueSession::new(users_know(vec![user(1, "alice")]), Arc::new(sessions), stopped_clock(), counted_ids());
        let issued = issue.execute(user_id(1)).await.unwrap();
        assert_eq!(issued.session.expires_at, at(NOW).after(SESSION_LIFETIME));
    }

    #[tokio::test]
    async fn a_session_lives_as_long_as_it_was_configured() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_insert().once().returning(|_| Ok(()));
        let issue =
            IssueSession::new(users_know(vec![user(1, "alice")]), Arc::new(sessions), stopped_clock(), counted_ids())
                .with_lifetime(SessionLifetime::fixed(Duration::from_secs(7)));
        let issued = issue.execute(user_id(1)).await.unwrap();
        assert_eq!(issued.session.expires_at, at(NOW).after(Duration::from_secs(7)));
    }

    #[tokio::test]
    async fn absent_and_inactive_users_get_none() {
        let asleep = User { is_active: false, ..user(1, "alice") };
        for users in [users_know(Vec::new()), users_know(vec![asleep])] {
            let mut sessions = MockSessionRepo::new();
            sessions.expect_insert().never();
            let issue = IssueSession::new(users, Arc::new(sessions), stopped_clock(), counted_ids());
            assert!(matches!(issue.execute(user_id(1)).await, Err(IssueSessionError::UserNotFound(_))));
        }
    }

    #[tokio::test]
    async fn what_the_stores_say_is_passed_on() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_insert().returning(|_| Err(WriteError::Unavailable(engine_says())));
        let issue =
            IssueSession::new(users_know(vec![user(1, "alice")]), Arc::new(sessions), stopped_clock(), counted_ids());
        assert!(matches!(issue.execute(user_id(1)).await, Err(IssueSessionError::Write(_))));

        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(|_| Err(ReadError::Unavailable(engine_says())));
        let issue =
            IssueSession::new(Arc::new(users), Arc::new(MockSessionRepo::new()), stopped_clock(), counted_ids());
        assert!(matches!(issue.execute(user_id(1)).await, Err(IssueSessionError::Read(_))));
    }
}
