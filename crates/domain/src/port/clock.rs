//! What time it is.

use crate::Timestamp;

/// Tells the time. A port, so that tests can stop it and stores need none.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}
