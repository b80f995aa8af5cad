//! What travels over the operator socket and is printed with `--json`.

use std::fmt;

use parlour_domain::usecase::IssuedSession;
use parlour_domain::{Session, User};
use serde::{Deserialize, Serialize};

/// A user to be added.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    pub(crate) username: String,
    pub(crate) display_name: String,
}

/// Whose session is to be issued.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionRequest {
    pub(crate) username: String,
}

/// A `User` of the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserBody {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) is_active: bool,
    pub(crate) is_verified: bool,
    pub(crate) created_at: String,
}

/// A session that was issued, with the one showing of its token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedBody {
    pub(crate) session_id: String,
    pub(crate) user_id: String,
    pub(crate) token: String,
    pub(crate) expires_at: String,
}

/// A session as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionBody {
    pub(crate) session_id: String,
    pub(crate) user_id: String,
    pub(crate) created_at: String,
    pub(crate) expires_at: String,
}

/// Why something was refused.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefusalBody {
    pub(crate) detail: String,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        let User { id, username, display_name, is_active, is_verified, created_at } = user;
        Self {
            id: id.to_string(),
            username: username.to_string(),
            display_name: display_name.to_string(),
            is_active,
            is_verified,
            created_at: created_at.to_string(),
        }
    }
}

impl From<IssuedSession> for IssuedBody {
    fn from(issued: IssuedSession) -> Self {
        Self {
            session_id: issued.session.id.to_string(),
            user_id: issued.session.user_id.to_string(),
            token: issued.token.reveal(),
            expires_at: issued.session.expires_at.to_string(),
        }
    }
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        Self {
            session_id: session.id.to_string(),
            user_id: session.user_id.to_string(),
            created_at: session.created_at.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    }
}

/// Hides the token.
impl fmt::Debug for IssuedBody {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("IssuedBody").field("session_id", &self.session_id).finish_non_exhaustive()
    }
}
