//! Users.

use parlour_domain::User;
use serde::Serialize;
use utoipa::ToSchema;

/// A registered user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserDto {
    #[schema(format = "uuid", example = "0192f0c1-2345-7000-8000-000000000001")]
    id: String,
    #[schema(min_length = 3, max_length = 50, example = "alice")]
    username: String,
    #[schema(min_length = 1, max_length = 100, example = "Alice")]
    display_name: String,
    #[schema(example = true)]
    is_active: bool,
    #[schema(example = false)]
    is_verified: bool,
    #[schema(format = DateTime, example = "2026-11-22T18:00:00.123456Z")]
    created_at: String,
}

impl From<User> for UserDto {
    fn from(user: User) -> Self {
        let User { id, username, display_name, is_active, is_verified, created_at } = user;
        Self {
            id: id.to_string(),
            username: username.to_string(),
            display_name: display_name.to_string(),
            is_active,
            is_verified,
            created_at: created_at.to_string(),
        }
    }
}
