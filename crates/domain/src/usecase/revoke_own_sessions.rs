//! Revoking one's own sessions.

use std::sync::Arc;

use super::RevokeSession;
use crate::port::{Clock, ReadError, SessionRepo, WriteError};
use crate::{Session, SessionId, UserId};

/// Revokes sessions on behalf of the user whose they are.
pub struct RevokeOwnSessions {
    sessions: Arc<dyn SessionRepo>,
    revoke: Arc<RevokeSession>,
    clock: Arc<dyn Clock>,
}

/// Why a session was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeOwnSessionError {
    /// The user has no such session: it is nobody's, over, or somebody else's.
    #[error("session not found")]
    NotFound,
    /// The sessions could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The revocation could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RevokeOwnSessions {
    /// Wires the use case.
    #[must_use]
    pub fn new(sessions: Arc<dyn SessionRepo>, revoke: Arc<RevokeSession>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, revoke, clock }
    }

    /// Revokes a session of `user` and closes its sockets.
    ///
    /// # Errors
    /// [`RevokeOwnSessionError`] says why not.
    pub async fn one(&self, user: UserId, id: SessionId) -> Result<(), RevokeOwnSessionError> {
        let live = self.live(user).await?;
        if !live.iter().any(|session| session.id == id) {
            return Err(RevokeOwnSessionError::NotFound);
        }
        // Somebody else may have been faster, and then it is as gone as it was asked to be.
        self.revoke.execute(id).await?;
        Ok(())
    }

    /// Revokes every session of `user` but `kept`, and closes their sockets. When it fails half-way it may be repeated.
    ///
    /// # Errors
    /// [`RevokeOwnSessionError::Read`] and [`RevokeOwnSessionError::Write`].
    pub async fn all_but(&self, user: UserId, kept: Option<SessionId>) -> Result<(), RevokeOwnSessionError> {
        for session in self.live(user).await? {
            if Some(session.id) != kept {
                self.revoke.execute(session.id).await?;
            }
        }
        Ok(())
    }

    async fn live(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        let now = self.clock.now();
        let mut sessions = self.sessions.list_of(user).await?;
        sessions.retain(|session| session.caller(now).is_some());
        Ok(sessions)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, at, engine_says, stopped_clock, user_id};
    use super::*;
    use crate::TokenHash;
    use crate::mocks::{MockDisconnector, MockSessionRepo};

    fn id(n: u128) -> SessionId {
        SessionId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn session(n: u128, end: i64) -> Session {
        let token_hash = TokenHash::from_bytes([0; 32]);
        Session { id: id(n), user_id: user_id(1), token_hash, created_at: at(0), expires_at: at(end) }
    }

    /// User 1 has the sessions 1 and 2, and 3, which is over; `revoked` are the only ones that may be removed.
    fn revoke(revoked: &'static [u128]) -> RevokeOwnSessions {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_list_of().returning(|user| {
            let own = [session(1, NOW + 1), session(2, NOW + 1), session(3, NOW)];
            Ok(if user == user_id(1) { own.to_vec() } else { Vec::new() })
        });
        let is_meant = |removed: &SessionId| revoked.iter().any(|n| *removed == id(*n));
        sessions.expect_remove().withf(is_meant).times(revoked.len()).returning(|_| Ok(true));
        let mut sockets = MockDisconnector::new();
        sockets.expect_disconnect().times(revoked.len()).returning(|_| ());
        let sessions = Arc::new(sessions);
        let revoke = RevokeSession::new(sessions.clone(), Arc::new(sockets));
        RevokeOwnSessions::new(sessions, Arc::new(revoke), stopped_clock())
    }

    #[tokio::test]
    async fn ones_own_session_is_revoked() {
        revoke(&[2]).one(user_id(1), id(2)).await.unwrap();
    }

    #[tokio::test]
    async fn an_absent_an_expired_and_a_foreign_session_are_the_same() {
        for (user, session) in [(1, 9), (1, 3), (2, 1)] {
            let refused = revoke(&[]).one(user_id(user), id(session)).await;
            assert!(matches!(refused, Err(RevokeOwnSessionError::NotFound)), "{user} {session}");
        }
    }

    #[tokio::test]
    async fn all_others_are_revoked_and_the_kept_one_is_not() {
        revoke(&[2]).all_but(user_id(1), Some(id(1))).await.unwrap();
        revoke(&[1, 2]).all_but(user_id(1), None).await.unwrap();
    }

    #[tokio::test]
    async fn what_the_store_says_is_passed_on() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_list_of().times(1).returning(|_| Err(ReadError::Unavailable(engine_says())));
        sessions.expect_list_of().returning(|_| Ok(vec![session(1, NOW + 1)]));
        sessions.expect_remove().returning(|_| Err(WriteError::Unavailable(engine_says())));
        let sessions = Arc::new(sessions);
        let revoke = Arc::new(RevokeSession::new(sessions.clone(), Arc::new(MockDisconnector::new())));
        let revoke = RevokeOwnSessions::new(sessions, revoke, stopped_clock());
        assert!(matches!(revoke.one(user_id(1), id(1)).await, Err(RevokeOwnSessionError::Read(_))));
        assert!(matches!(revoke.all_but(user_id(1), None).await, Err(RevokeOwnSessionError::Write(_))));
    }
}
