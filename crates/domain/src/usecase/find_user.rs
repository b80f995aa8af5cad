//! Finding users.

use std::sync::Arc;

use crate::port::{ReadError, UserRepo};
use crate::{User, UserId, Username};

/// Finds users.
pub struct FindUser {
    users: Arc<dyn UserRepo>,
}

impl FindUser {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>) -> Self {
        Self { users }
    }

    /// The user of that id, active or not.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn by_id(&self, id: UserId) -> Result<Option<User>, ReadError> {
        Ok(self.users.find_many(&[id]).await?.into_iter().next())
    }

    /// The user of that name in any case, active or not.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        self.users.find_by_username(username).await
    }

    /// Up to `limit` users in the order of their registration, those after `after`.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        self.users.list(after, limit).await
    }
}
