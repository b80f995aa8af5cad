//! Searching for people.

use std::sync::Arc;

use crate::port::{ProfileRepo, ReadError};
use crate::{SearchQuery, User, UserId};

/// Searches for users by what they are called.
pub struct SearchUsers {
    profiles: Arc<dyn ProfileRepo>,
}

impl SearchUsers {
    /// Wires the use case.
    #[must_use]
    pub fn new(profiles: Arc<dyn ProfileRepo>) -> Self {
        Self { profiles }
    }

    /// Up to `limit` active users that `caller` searches for, without the caller, best match first.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn execute(&self, caller: UserId, query: &SearchQuery, limit: u32) -> Result<Vec<User>, ReadError> {
        self.profiles.search(query, caller, limit).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{user, user_id};
    use super::*;
    use crate::mocks::MockProfileRepo;

    #[tokio::test]
    async fn the_caller_is_left_out_by_the_store_itself() {
        let mut profiles = MockProfileRepo::new();
        profiles
            .expect_search()
            .withf(|query, except, limit| (query.as_str(), *except, *limit) == ("bob", user_id(1), 10))
            .once()
            .returning(|_, _, _| Ok(vec![user(2, "bobby")]));
        let search = SearchUsers::new(Arc::new(profiles));
        let found = search.execute(user_id(1), &SearchQuery::parse("Bob").unwrap(), 10).await.unwrap();
        assert_eq!(found, [user(2, "bobby")]);
    }
}
