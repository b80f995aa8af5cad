//! Sessions: who is calling.

mod token;

use std::time::Duration;

pub use token::{InvalidToken, SessionToken, TokenHash};

use crate::{SessionId, Timestamp, UserId};

/// How long a session is valid after it was issued.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A session as the user store keeps it: the token itself is known to its holder alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session, for listing and revoking.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// The SHA-256 of its token.
    pub token_hash: TokenHash,
    /// When it was issued.
    pub created_at: Timestamp,
    /// From this instant on it is no session any more.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session that begins at `now` and lives for [`SESSION_LIFETIME`].
    #[must_use]
    pub fn issue(id: SessionId, user_id: UserId, token: &SessionToken, now: Timestamp) -> Self {
        Self { id, user_id, token_hash: token.hash(), created_at: now, expires_at: now.after(SESSION_LIFETIME) }
    }

    /// Who calls with this session at `now`; `None` once it has expired.
    #[must_use]
    pub fn caller(&self, now: Timestamp) -> Option<Caller> {
        (now < self.expires_at).then_some(Caller {
            user_id: self.user_id,
            session_id: self.id,
            expires_at: self.expires_at,
        })
    }
}

/// Somebody whose session was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub user_id: UserId,
    /// Through which session.
    pub session_id: SessionId,
    /// When that session ends by itself.
    pub expires_at: Timestamp,
}
