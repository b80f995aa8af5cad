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

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, at, stopped_clock, user_id};
    use super::*;
    use crate::mocks::MockSessionRepo;
    use crate::{SessionId, TokenHash};

    #[tokio::test]
    async fn sessions_that_are_over_are_left_out() {
        let until = |n: u128, end: i64| Session {
            id: SessionId::from_uuid(uuid::Uuid::from_u128(n)),
            user_id: user_id(1),
            token_hash: TokenHash::from_bytes([0; 32]),
            created_at: at(0),
            expires_at: at(end),
        };
        let mut sessions = MockSessionRepo::new();
        sessions.expect_list_of().once().returning(move |_| Ok(vec![until(1, NOW), until(2, NOW + 1)]));
        let listed = ListSessions::new(Arc::new(sessions), stopped_clock()).execute(user_id(1)).await.unwrap();
        assert_eq!(listed, [until(2, NOW + 1)]);
    }
}
