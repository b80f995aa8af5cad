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

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, at, counted_ids, engine_says, stopped_clock};
    use super::*;
    use crate::mocks::MockUserRepo;

    async fn register(users: MockUserRepo) -> Result<User, RegisterUserError> {
        RegisterUser::new(Arc::new(users), stopped_clock(), counted_ids())
            .execute(Username::parse("alice").unwrap(), DisplayName::parse("Alice").unwrap())
            .await
    }

    #[tokio::test]
    async fn a_new_user_is_active_and_not_verified() {
        let mut users = MockUserRepo::new();
        users.expect_insert().once().returning(|_| Ok(()));
        let user = register(users).await.unwrap();
        assert_eq!((user.is_active, user.is_verified, user.created_at), (true, false, at(NOW)));
    }

    #[tokio::test]
    async fn an_unknown_outcome_is_settled_by_inserting_the_same_user_again() {
        let mut users = MockUserRepo::new();
        let seen = std::sync::Mutex::new(Vec::new());
        users.expect_insert().times(2).returning(move |user| {
            let mut seen = seen.lock().unwrap();
            seen.push(user);
            if seen.len() == 1 {
                return Err(InsertUserError::OutcomeUnknown(engine_says()));
            }
            assert_eq!(seen[0], seen[1]);
            Ok(())
        });
        assert!(register(users).await.is_ok());
    }

    #[tokio::test]
    async fn what_the_store_says_is_passed_on() {
        let mut users = MockUserRepo::new();
        users.expect_insert().once().returning(|_| Err(InsertUserError::UsernameTaken));
        assert!(matches!(register(users).await, Err(RegisterUserError::UsernameTaken)));

        let mut users = MockUserRepo::new();
        users.expect_insert().once().returning(|_| Err(InsertUserError::Unavailable(engine_says())));
        assert!(matches!(register(users).await, Err(RegisterUserError::Unavailable(_))));

        let mut users = MockUserRepo::new();
        users.expect_insert().times(TRIES).returning(|_| Err(InsertUserError::OutcomeUnknown(engine_says())));
        assert!(matches!(register(users).await, Err(RegisterUserError::OutcomeUnknown(_))));
    }
}
