//! How live connections are ended.

use async_trait::async_trait;

use crate::{SessionId, UserId};

/// Ends the live connections of those who may have none any more.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Disconnector: Send + Sync {
    /// Ends every connection that was opened with one of these sessions.
    async fn disconnect(&self, sessions: Vec<SessionId>);

    /// Ends every connection of this user, with whatever it was opened.
    async fn disconnect_user(&self, user: UserId);
}
