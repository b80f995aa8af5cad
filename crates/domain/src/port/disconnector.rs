//! How the live connections of a session are ended.

use async_trait::async_trait;

use crate::SessionId;

/// Ends the live connections of sessions that are no more.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Disconnector: Send + Sync {
    /// Ends every connection that was opened with one of these sessions.
    async fn disconnect(&self, sessions: Vec<SessionId>);
}
