//! Sessions: who is calling.

mod credential;
mod fresh;
mod lifetime;
mod subject;
mod token;

use std::time::Duration;

pub use credential::{Credential, InvalidCredential, SignedToken};
pub use fresh::{SIGN_IN_IS_FRESH_FOR, SignInNeeded};
pub use lifetime::SessionLifetime;
pub use subject::Subject;
pub use token::{InvalidToken, SessionToken, TokenHash};

use crate::{SessionId, Timestamp, UserId};

/// How long a session is valid after it was issued, unless something else is configured.
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
            session_id: Some(self.id),
            signed_in_at: Some(self.created_at),
            expires_at: self.expires_at,
            slides_for: None,
        })
    }
}

/// Somebody who showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub user_id: UserId,
    /// Through which session; without one, what they showed is a token that somebody else signed.
    pub session_id: Option<SessionId>,
    /// When they signed in: when the session was issued. Of a token that somebody else signed that is not known.
    pub signed_in_at: Option<Timestamp>,
    /// When the session, or the token, ends by itself.
    pub expires_at: Timestamp,
    /// How long the session lives if it is not used again, when its end moves with its use.
    pub slides_for: Option<Duration>,
}
