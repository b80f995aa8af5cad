//! An identity provider without cryptography: it vouches for one newcomer, whatever it is shown.

use async_trait::async_trait;
use parlour_domain::port::{TokenVerifier, VerifyTokenError};
use parlour_domain::{SignedToken, Subject, User, UserId};
use parlour_store_contract::fixture;

pub(crate) struct Provider(pub(crate) Subject);

impl Provider {
    /// Somebody who is called like `user`, but younger.
    pub(crate) fn subject(user: &User) -> Subject {
        Subject {
            user_id: UserId::from_uuid(fixture::uuid()),
            expires_at: fixture::at(1),
            username: Some(format!("{}-jr", user.username)),
            display_name: Some("Junior".to_owned()),
        }
    }
}

#[async_trait]
impl TokenVerifier for Provider {
    async fn verify(&self, _: &SignedToken) -> Result<Subject, VerifyTokenError> {
        Ok(self.0.clone())
    }
}
