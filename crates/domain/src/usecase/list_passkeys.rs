//! Listing one's passkeys.

use std::sync::Arc;

use crate::port::{PasskeyRepo, ReadError};
use crate::{Passkey, UserId};

/// Lists passkeys.
pub struct ListPasskeys {
    passkeys: Arc<dyn PasskeyRepo>,
}

impl ListPasskeys {
    /// Wires the use case.
    #[must_use]
    pub fn new(passkeys: Arc<dyn PasskeyRepo>) -> Self {
        Self { passkeys }
    }

    /// All passkeys of a user, the oldest first.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn execute(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        self.passkeys.list_of(user).await
    }
}
