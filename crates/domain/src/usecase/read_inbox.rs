//! Reading one's inbox.

use std::sync::Arc;

use crate::port::{InboxRepo, ReadError};
use crate::{InboxView, Seq, UserId};

/// Reads a user's inbox, for the HTTP API and for sockets that resume.
pub struct ReadInbox {
    inboxes: Arc<dyn InboxRepo>,
}

impl ReadInbox {
    /// Wires the use case.
    #[must_use]
    pub fn new(inboxes: Arc<dyn InboxRepo>) -> Self {
        Self { inboxes }
    }

    /// Up to `limit` entries of `user` after `since`, or the word to start afresh.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn execute(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxView, ReadError> {
        let page = self.inboxes.read(user, since, limit).await?;
        Ok(InboxView::resume(since, page))
    }

    /// The places of the newest entries of those of `users` that ever had one.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        self.inboxes.heads(users).await
    }
}
