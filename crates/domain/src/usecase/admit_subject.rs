//! Letting in those whom an identity provider vouches for.

use std::sync::Arc;

use super::{AuthenticateError, RegisterUser, RegisterUserError};
use crate::port::{ReadError, TokenVerifier, UserRepo, VerifyTokenError};
use crate::{Caller, DisplayName, SignedToken, Subject, User, UserId, Username};

/// How much of the cause of a refusal the log repeats, in characters.
const LONGEST_CAUSE: usize = 200;

/// Finds out who a signed token is about, and whether they are a user.
pub struct AdmitSubject {
    verifier: Arc<dyn TokenVerifier>,
    users: Arc<dyn UserRepo>,
    provision: Option<RegisterUser>,
}

impl AdmitSubject {
    /// Wires the use case; who is no user is not let in.
    #[must_use]
    pub fn new(verifier: Arc<dyn TokenVerifier>, users: Arc<dyn UserRepo>) -> Self {
        Self { verifier, users, provision: None }
    }

    /// The same, but a subject that is no user becomes one, by the names that the token has.
    #[must_use]
    pub fn provisioning(self, register: RegisterUser) -> Self {
        Self { provision: Some(register), ..self }
    }

    /// Who calls with this token now: an active user.
    ///
    /// # Errors
    /// [`AuthenticateError`] says why nobody does.
    pub async fn execute(&self, token: &SignedToken) -> Result<Caller, AuthenticateError> {
        let subject = self.verifier.verify(token).await.map_err(|error| match error {
            VerifyTokenError::Refused(cause) => {
                // It may repeat what the token says, and anybody can write one: no line of the log is to be theirs.
                let cause: String = cause.to_string().chars().take(LONGEST_CAUSE).collect();
                tracing::info!(?cause, "signed token refused");
                AuthenticateError::NoSession
            }
            VerifyTokenError::Unavailable(cause) => AuthenticateError::Unavailable(cause),
        })?;
        let user = match (self.find(subject.user_id).await?, &self.provision) {
            (Some(user), _) => user,
            (None, None) => {
                tracing::info!(user_id = %subject.user_id, "signed token refused: its subject is no user");
                return Err(AuthenticateError::NoSession);
            }
            (None, Some(register)) => self.provision(register, &subject).await.inspect_err(|error| {
                if let AuthenticateError::NotProvisioned(why) = error {
                    tracing::info!(user_id = %subject.user_id, why, "signed token refused: its subject cannot be a user");
                }
            })?,
        };
        if !user.is_active {
            tracing::info!(user_id = %user.id, "signed token refused: its user is not active");
            return Err(AuthenticateError::NoSession);
        }
        let expires_at = subject.expires_at;
        Ok(Caller { user_id: user.id, session_id: None, signed_in_at: None, expires_at, slides_for: None })
    }

    /// Of racing requests of one subject one registers the user, and the others find what it has written.
    async fn provision(&self, register: &RegisterUser, subject: &Subject) -> Result<User, AuthenticateError> {
        let (username, display_name) = names(subject)?;
        let error = match register.execute_as(subject.user_id, username, display_name).await {
            Ok(user) => return Ok(user),
            Err(error) => error,
        };
        if let Some(user) = self.find(subject.user_id).await? {
            return Ok(user);
        }
        Err(match error {
            RegisterUserError::UsernameTaken => AuthenticateError::NotProvisioned("another user has the username"),
            RegisterUserError::Unavailable(cause) | RegisterUserError::OutcomeUnknown(cause) => {
                AuthenticateError::Unavailable(cause)
            }
        })
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, ReadError> {
        Ok(self.users.find_many(&[id]).await?.into_iter().next())
    }
}

/// Without a display name that can be one, people see the username.
fn names(subject: &Subject) -> Result<(Username, DisplayName), AuthenticateError> {
    let refused = AuthenticateError::NotProvisioned;
    let username = subject.username.as_deref().ok_or(refused("the token has no username"))?;
    let username = Username::parse(username).map_err(|_| refused("the token's username cannot be one here"))?;
    let given = subject.display_name.as_deref().and_then(|name| DisplayName::parse(name).ok());
    let display_name = match given {
        Some(name) => name,
        None => DisplayName::parse(&username.to_string()).map_err(|_| refused("the token has no display name"))?,
    };
    Ok((username, display_name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, at, counted_ids, engine_says, stopped_clock, user, user_id};
    use super::*;
    use crate::mocks::{MockTokenVerifier, MockUserRepo};
    use crate::port::InsertUserError;

    fn token() -> SignedToken {
        "a.b.c".parse().unwrap()
    }

    fn verifier(username: Option<&'static str>, name: Option<&'static str>) -> Arc<MockTokenVerifier> {
        let mut verifier = MockTokenVerifier::new();
        verifier.expect_verify().returning(move |_| {
            let (username, display_name) = (username.map(str::to_owned), name.map(str::to_owned));
            Ok(Subject { user_id: user_id(1), expires_at: at(NOW + 5), username, display_name })
        });
        Arc::new(verifier)
    }

    fn admit(verifier: Arc<MockTokenVerifier>, users: MockUserRepo, provisions: bool) -> AdmitSubject {
        let users = Arc::new(users);
        let admit = AdmitSubject::new(verifier, users.clone());
        if !provisions {
            return admit;
        }
        admit.provisioning(RegisterUser::new(users, stopped_clock(), counted_ids()))
    }

    #[tokio::test]
    async fn an_active_user_calls_without_a_session_until_the_token_ends() {
        let mut users = MockUserRepo::new();
        users.expect_find_many().once().returning(|_| Ok(vec![user(1, "alice")]));
        users.expect_insert().never();
        let caller = admit(verifier(Some("alice"), None), users, true).execute(&token()).await.unwrap();
        let (user_id, expires_at) = (user_id(1), at(NOW + 5));
        let expected = Caller { user_id, session_id: None, signed_in_at: None, expires_at, slides_for: None };
        assert_eq!(caller, expected);
    }

    #[tokio::test]
    async fn inactive_users_and_unknown_subjects_are_nobody() {
        let asleep = User { is_active: false, ..user(1, "alice") };
        for (found, provisions) in [(vec![asleep], true), (Vec::new(), false)] {
            let mut users = MockUserRepo::new();
            users.expect_find_many().returning(move |_| Ok(found.clone()));
            users.expect_insert().never();
            let refused = admit(verifier(Some("alice"), None), users, provisions).execute(&token()).await;
            assert!(matches!(refused, Err(AuthenticateError::NoSession)));
        }
    }

    #[tokio::test]
    async fn an_unknown_subject_becomes_a_user_by_the_names_of_the_token() {
        for (name, shown) in [(Some("Alice A."), "Alice A."), (None, "alice"), (Some("\u{7}"), "alice")] {
            let mut users = MockUserRepo::new();
            users.expect_find_many().once().returning(|_| Ok(Vec::new()));
            users.expect_insert().once().returning(move |user| {
                assert_eq!((user.id, user.is_active, user.created_at), (user_id(1), true, at(NOW)));
                assert_eq!((user.username.to_string(), user.display_name.to_string()), ("alice".into(), shown.into()));
                Ok(())
            });
            assert!(admit(verifier(Some("alice"), name), users, true).execute(&token()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_subject_whose_username_is_missing_unfit_or_taken_is_not_provisioned() {
        for username in [None, Some("a"), Some("al ice"), Some("bobby")] {
            let mut users = MockUserRepo::new();
            users.expect_find_many().returning(|_| Ok(Vec::new()));
            users.expect_insert().returning(|_| Err(InsertUserError::UsernameTaken));
            let refused = admit(verifier(username, Some("Alice")), users, true).execute(&token()).await;
            assert!(matches!(refused, Err(AuthenticateError::NotProvisioned(_))), "{username:?}");
        }
    }

    #[tokio::test]
    async fn whoever_loses_the_race_of_one_subject_finds_the_winners_user() {
        let mut users = MockUserRepo::new();
        users.expect_find_many().once().returning(|_| Ok(Vec::new()));
        users.expect_insert().once().returning(|_| Err(InsertUserError::UsernameTaken));
        users.expect_find_many().once().returning(|_| Ok(vec![user(1, "alice")]));
        assert!(admit(verifier(Some("alice"), None), users, true).execute(&token()).await.is_ok());
    }

    #[tokio::test]
    async fn a_refused_token_is_nobodys_and_missing_keys_or_stores_are_no_refusal() {
        for (error, is_refusal) in
            [(VerifyTokenError::Refused(engine_says()), true), (VerifyTokenError::Unavailable(engine_says()), false)]
        {
            let mut verifier = MockTokenVerifier::new();
            verifier.expect_verify().return_once(|_| Err(error));
            let outcome = admit(Arc::new(verifier), MockUserRepo::new(), false).execute(&token()).await;
            assert_eq!(matches!(outcome, Err(AuthenticateError::NoSession)), is_refusal);
            assert_eq!(matches!(outcome, Err(AuthenticateError::Unavailable(_))), !is_refusal);
        }
        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(|_| Err(ReadError::Unavailable(engine_says())));
        let failed = admit(verifier(None, None), users, false).execute(&token()).await;
        assert!(matches!(failed, Err(AuthenticateError::Read(_))));
    }
}
