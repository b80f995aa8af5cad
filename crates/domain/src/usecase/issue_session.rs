//! Issuing a session.

use std::sync::Arc;

use crate::port::{Clock, IdSource, ReadError, SessionRepo, UserRepo, WriteError};
use crate::{Session, SessionId, SessionToken, UserId};

/// Issues sessions.
pub struct IssueSession {
    users: Arc<dyn UserRepo>,
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
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
    /// Wires the use case.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        sessions: Arc<dyn SessionRepo>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, sessions, clock, ids }
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
        let session = Session::issue(SessionId::from_uuid(self.ids.uuid()), user, &token, self.clock.now());
        self.sessions.insert(session.clone()).await?;
        tracing::info!(session_id = %session.id, user_id = %user, "session issued");
        Ok(IssuedSession { session, token })
    }
}
