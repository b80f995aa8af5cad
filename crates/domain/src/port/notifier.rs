//! How people are told at once.

use async_trait::async_trait;

use super::NotifyError;
use crate::{InboxEntry, UserId};

/// A hint that a user's inbox has something new. Losing one costs latency, never an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// This entry was written.
    Entry(InboxEntry),
    /// Something was written; the inbox tells what.
    Wake(UserId),
}

impl Notice {
    /// Whose inbox it is about.
    #[must_use]
    pub const fn recipient(&self) -> UserId {
        match self {
            Self::Entry(entry) => entry.recipient,
            Self::Wake(user) => *user,
        }
    }
}

/// Passes notices on to whoever is connected.
///
/// It is called after a commit is durable, so it must not wait for a recipient: an implementation queues or drops.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Passes notices on. An error means that some may be lost.
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError>;
}
