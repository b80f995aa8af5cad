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
        self.execute_as(UserId::from_uuid(self.ids.uuid()), username, display_name).await
    }

    /// Registers an active user under an id that somebody else has given them.
    ///
    /// # Errors
    /// [`RegisterUserError`] says why there is none.
    pub async fn execute_as(
        &self,
        id: UserId,
        username: Username,
        display_name: DisplayName,
    ) -> Result<User, RegisterUserError> {
        let user =
            User { id, username, display_name, is_active: true, is_verified: false, created_at: self.clock.now() };
        self.insert(&user).await?;
        tracing::info!(user_id = %user.id, "user registered");
        Ok(user)
    }

    /// Repeats the insertion of the same user while its outcome is unknown: the port makes that harmless.
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        let mut unknown = match self.users.insert(user.clone()).await {
            Err(InsertUserError::OutcomeUnknown(source)) => source,
            known => return known,
        };
        for _ in 1..TRIES {
            tracing::warn!(
                error = &*unknown as &dyn std::error::Error,
                "outcome of an insertion is unknown; repeating"
            );
            unknown = match self.users.insert(user.clone()).await {
                // That a repetition was not applied says nothing of the try before it.
                Err(InsertUserError::OutcomeUnknown(source) | InsertUserError::Unavailable(source)) => source,
                known => return known,
            };
        }
        Err(InsertUserError::OutcomeUnknown(unknown))
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

    #[tokio::test]
    async fn an_outcome_stays_unknown_when_the_store_is_gone_afterwards() {
        let mut users = MockUserRepo::new();
        let mut order = mockall::Sequence::new();
        let unknown = |_| Err(InsertUserError::OutcomeUnknown(engine_says()));
        users.expect_insert().once().in_sequence(&mut order).returning(unknown);
        users.expect_insert().returning(|_| Err(InsertUserError::Unavailable(engine_says())));
        assert!(matches!(register(users).await, Err(RegisterUserError::OutcomeUnknown(_))));
    }
}
