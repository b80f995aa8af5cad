//! Who is calling.

use std::sync::Arc;

use crate::port::{Clock, ReadError, SessionRepo};
use crate::{Caller, SessionToken};

/// Finds out who holds a token.
pub struct Authenticate {
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
}

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// No session has it, or the session has expired or was revoked.
    #[error("session is unknown or over")]
    NoSession,
    /// The store does not answer or is corrupt.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Authenticate {
    /// Wires the use case.
    #[must_use]
    pub fn new(sessions: Arc<dyn SessionRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock }
    }

    /// Who calls with this token now.
    ///
    /// # Errors
    /// [`AuthenticateError`] says why nobody does.
    pub async fn execute(&self, token: &SessionToken) -> Result<Caller, AuthenticateError> {
        let session = self.sessions.find_by_token(&token.hash()).await?.ok_or(AuthenticateError::NoSession)?;
        session.caller(self.clock.now()).ok_or(AuthenticateError::NoSession)
    }
}
