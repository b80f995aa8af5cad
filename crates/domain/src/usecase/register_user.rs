//! Registering a user.

use std::sync::Arc;

use crate::port::{Clock, IdSource, InsertUserError, Source, UserRepo};
use crate::{DisplayName, User, UserId, Username};

const TRIES: usize = 3;

/// Adds a user.
pub struct RegisterUser {
    users: Arc<dyn UserRepo>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

/// Why a user was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterUserError {
    /// Another user has that name.
    #[error("username is taken")]
    UsernameTaken,
    /// The store does not answer; nothing was written.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// The user may or may not exist.
    #[error("outcome of the registration is unknown")]
    OutcomeUnknown(#[source] Source),
}

impl RegisterUser {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { users, clock, ids }
    }

    /// Registers an active user of that name.
    ///
    /// # Errors
    /// [`RegisterUserError`] says why there is none.
    pub async fn execute(&self, username: Username, display_name: DisplayName) -> Result<User, RegisterUserError> {
        let user = User {
            id: UserId::from_uuid(self.ids.uuid()),
            username,
            display_name,
            is_active: true,
            is_verified: false,
            created_at: self.clock.now(),
        };
        self.insert(&user).await?;
        tracing::info!(user_id = %user.id, "user registered");
        Ok(user)
    }

    /// Repeats the insertion of the same user while its outcome is unknown: the port makes that harmless.
    async fn insert(&self, user: &User) -> Result<(), RegisterUserError> {
        for _ in 1..TRIES {
            match self.users.insert(user.clone()).await {
                Err(InsertUserError::OutcomeUnknown(_)) => {}
                known => return known.map_err(Into::into),
            }
        }
        Ok(self.users.insert(user.clone()).await?)
    }
}

impl From<InsertUserError> for RegisterUserError {
    fn from(error: InsertUserError) -> Self {
        match error {
            InsertUserError::UsernameTaken => Self::UsernameTaken,
            InsertUserError::Unavailable(source) => Self::Unavailable(source),
            InsertUserError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
        }
    }
}
