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

#[cfg(test)]
mod tests {
    use super::super::testing::{at, clock_at, engine_says, user_id};
    use super::*;
    use crate::mocks::MockSessionRepo;
    use crate::{SESSION_LIFETIME, Session, SessionId};

    fn token() -> SessionToken {
        SessionToken::from_random_bytes([3; 32])
    }

    fn sessions_with_one() -> Arc<MockSessionRepo> {
        let session = Session::issue(SessionId::from_uuid(uuid::Uuid::nil()), user_id(1), &token(), at(0));
        let mut sessions = MockSessionRepo::new();
        sessions
            .expect_find_by_token()
            .returning(move |hash| Ok((*hash == session.token_hash).then(|| session.clone())));
        Arc::new(sessions)
    }

    #[tokio::test]
    async fn the_holder_of_a_token_is_known_until_the_very_end_of_the_session() {
        let end = at(0).after(SESSION_LIFETIME).as_micros();
        let caller = Authenticate::new(sessions_with_one(), clock_at(end - 1)).execute(&token()).await.unwrap();
        assert_eq!((caller.user_id, caller.expires_at), (user_id(1), at(end)));
        let over = Authenticate::new(sessions_with_one(), clock_at(end)).execute(&token()).await;
        assert!(matches!(over, Err(AuthenticateError::NoSession)));
    }

    #[tokio::test]
    async fn another_token_is_nobodys() {
        let other = SessionToken::from_random_bytes([4; 32]);
        let refused = Authenticate::new(sessions_with_one(), clock_at(0)).execute(&other).await;
        assert!(matches!(refused, Err(AuthenticateError::NoSession)));
    }

    #[tokio::test]
    async fn a_store_that_fails_is_no_refusal() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_find_by_token().returning(|_| Err(ReadError::Unavailable(engine_says())));
        let failed = Authenticate::new(Arc::new(sessions), clock_at(0)).execute(&token()).await;
        assert!(matches!(failed, Err(AuthenticateError::Read(_))));
    }
}
