//! Giving oneself another name.

use std::sync::Arc;

use super::patient_write::knowing_the_outcome;
use crate::port::{ProfileRepo, ReadError, UserRepo, WriteError};
use crate::{DisplayName, User, UserId};

/// Changes what other people see of a user.
pub struct ChangeDisplayName {
    users: Arc<dyn UserRepo>,
    profiles: Arc<dyn ProfileRepo>,
}

/// A user with the name they asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayNameChanged {
    /// The user as they are now.
    pub user: User,
    /// Whether they were called something else before.
    pub is_new: bool,
}

/// Why a display name was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeDisplayNameError {
    /// The user does not exist or is not active.
    #[error("user not found")]
    NotFound,
    /// The store does not answer or is corrupt; nothing was written.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store does not answer.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ChangeDisplayNameError {
    /// Whether the user may have the name all the same.
    #[must_use]
    pub const fn is_perhaps_done(&self) -> bool {
        matches!(self, Self::Write(WriteError::OutcomeUnknown(_)))
    }
}

impl ChangeDisplayName {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, profiles: Arc<dyn ProfileRepo>) -> Self {
        Self { users, profiles }
    }

    /// Gives an active user this name; nothing is written when it is theirs already.
    ///
    /// # Errors
    /// [`ChangeDisplayNameError`] says why they are called what they were.
    pub async fn execute(
        &self,
        id: UserId,
        display_name: DisplayName,
    ) -> Result<DisplayNameChanged, ChangeDisplayNameError> {
        let found = self.users.find_many(&[id]).await?.into_iter().find(|user| user.is_active);
        let user = found.ok_or(ChangeDisplayNameError::NotFound)?;
        if user.display_name == display_name {
            return Ok(DisplayNameChanged { user, is_new: false });
        }
        if !knowing_the_outcome(|| self.profiles.rename(id, display_name.clone())).await? {
            return Err(ChangeDisplayNameError::NotFound);
        }
        tracing::info!(user_id = %id, "display name changed");
        Ok(DisplayNameChanged { user: User { display_name, ..user }, is_new: true })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{engine_says, user, user_id};
    use super::*;
    use crate::mocks::{MockProfileRepo, MockUserRepo};

    fn name() -> DisplayName {
        DisplayName::parse("Alice B.").unwrap()
    }

    async fn change(found: User, profiles: MockProfileRepo) -> Result<DisplayNameChanged, ChangeDisplayNameError> {
        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(move |_| Ok(vec![found.clone()]));
        ChangeDisplayName::new(Arc::new(users), Arc::new(profiles)).execute(user_id(1), name()).await
    }

    fn unasked() -> MockProfileRepo {
        let mut profiles = MockProfileRepo::new();
        profiles.expect_rename().never();
        profiles
    }

    #[tokio::test]
    async fn a_new_name_is_written_and_answered() {
        let mut profiles = MockProfileRepo::new();
        profiles.expect_rename().withf(|id, to| (*id, to) == (user_id(1), &name())).once().returning(|_, _| Ok(true));
        let changed = change(user(1, "alice"), profiles).await.unwrap();
        let renamed = User { display_name: name(), ..user(1, "alice") };
        assert_eq!(changed, DisplayNameChanged { user: renamed, is_new: true });
    }

    #[tokio::test]
    async fn whose_name_it_is_keeps_it_without_a_write() {
        let named = User { display_name: name(), ..user(1, "alice") };
        let kept = change(named.clone(), unasked()).await.unwrap();
        assert_eq!(kept, DisplayNameChanged { user: named, is_new: false });
    }

    #[tokio::test]
    async fn who_is_not_active_gets_no_name() {
        let gone = User { is_active: false, ..user(1, "alice") };
        assert!(matches!(change(gone, unasked()).await, Err(ChangeDisplayNameError::NotFound)));
        let mut profiles = MockProfileRepo::new();
        profiles.expect_rename().once().returning(|_, _| Ok(false));
        assert!(matches!(change(user(1, "alice"), profiles).await, Err(ChangeDisplayNameError::NotFound)));
    }

    #[tokio::test]
    async fn a_store_that_fails_is_reported() {
        let mut profiles = MockProfileRepo::new();
        profiles.expect_rename().once().returning(|_, _| Err(WriteError::Unavailable(engine_says())));
        let failed = change(user(1, "alice"), profiles).await;
        assert!(matches!(failed, Err(ChangeDisplayNameError::Write(WriteError::Unavailable(_)))));
    }
}
