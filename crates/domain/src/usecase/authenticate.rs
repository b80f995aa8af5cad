//! Who is calling.

use std::sync::Arc;

use super::AdmitSubject;
use crate::port::{Clock, ReadError, SessionRepo, Source};
use crate::{Caller, Credential, Session, SessionLifetime, SessionToken, Timestamp};

/// Finds out who holds a credential.
pub struct Authenticate {
    sessions: Arc<dyn SessionRepo>,
    clock: Arc<dyn Clock>,
    lifetime: SessionLifetime,
    subjects: Option<AdmitSubject>,
}

/// Why a credential is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// No session has it, the session has expired or was revoked, or a signed token is not to be believed.
    #[error("session is unknown or over")]
    NoSession,
    /// The store does not answer or is corrupt.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A signed token cannot be judged, or its user not registered, now.
    #[error("what a signed token needs is unavailable")]
    Unavailable(#[source] Source),
    /// A signed token is good, but its subject cannot become a user.
    #[error("subject of a signed token was not provisioned: {0}")]
    NotProvisioned(&'static str),
}

impl Authenticate {
    /// Wires the use case; the end of a session is fixed, and signed tokens are nobody's.
    #[must_use]
    pub fn new(sessions: Arc<dyn SessionRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock, lifetime: SessionLifetime::default(), subjects: None }
    }

    /// The same with another lifetime.
    #[must_use]
    pub fn with_lifetime(self, lifetime: SessionLifetime) -> Self {
        Self { lifetime, ..self }
    }

    /// The same, but signed tokens count too.
    #[must_use]
    pub fn with_subjects(self, subjects: AdmitSubject) -> Self {
        Self { subjects: Some(subjects), ..self }
    }

    /// Who calls with this credential now. That is a use of its session, which may move the session's end.
    ///
    /// # Errors
    /// [`AuthenticateError`] says why nobody does.
    pub async fn execute(&self, credential: &Credential) -> Result<Caller, AuthenticateError> {
        match (credential, &self.subjects) {
            (Credential::Session(token), _) => self.holder(token).await,
            (Credential::Signed(token), Some(subjects)) => subjects.execute(token).await,
            (Credential::Signed(_), None) => Err(AuthenticateError::NoSession),
        }
    }

    async fn holder(&self, token: &SessionToken) -> Result<Caller, AuthenticateError> {
        let session = self.sessions.find_by_token(&token.hash()).await?.ok_or(AuthenticateError::NoSession)?;
        let now = self.clock.now();
        let caller = session.caller(now).ok_or(AuthenticateError::NoSession)?;
        let expires_at = self.end_after_use(&session, now).await?;
        let slides_for = self.lifetime.is_sliding().then(|| now.until(expires_at));
        Ok(Caller { expires_at, slides_for, ..caller })
    }

    /// When somebody who stays connected is to be asked again who they are.
    #[must_use]
    pub fn next_check(&self, caller: &Caller) -> Timestamp {
        match caller.session_id {
            Some(_) => self.lifetime.next_check(self.clock.now(), caller.expires_at),
            None => caller.expires_at,
        }
    }

    /// A store that cannot write now must not keep out whoever has a session: the next use tries again.
    async fn end_after_use(&self, session: &Session, now: Timestamp) -> Result<Timestamp, AuthenticateError> {
        let Some(end) = self.lifetime.renewed_end(session, now) else { return Ok(session.expires_at) };
        match self.sessions.extend(session.id, end).await {
            Ok(true) => Ok(end),
            // It was revoked meanwhile.
            Ok(false) => Err(AuthenticateError::NoSession),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, session_id = %session.id, "session could not be extended");
                Ok(session.expires_at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, clock_at, engine_says, user, user_id};
    use super::*;
    use crate::mocks::{MockSessionRepo, MockTokenVerifier, MockUserRepo};
    use crate::{SESSION_LIFETIME, SessionId, Subject};

    fn token() -> SessionToken {
        SessionToken::from_random_bytes([3; 32])
    }

    fn sessions_with_one() -> Arc<MockSessionRepo> {
        let session = Session::issue(SessionId::from_uuid(uuid::Uuid::nil()), user_id(1), &token(), at(0));
        let mut sessions = MockSessionRepo::new();
        sessions
            .expect_find_by_token()
            .returning(move |hash| Ok((*hash == session.token_hash).then(|| session.clone())));
        Arc::new(sessions)
    }

    #[tokio::test]
    async fn the_holder_of_a_token_is_known_until_the_very_end_of_the_session() {
        let end = at(0).after(SESSION_LIFETIME).as_micros();
        let caller = Authenticate::new(sessions_with_one(), clock_at(end - 1)).execute(&token().into()).await.unwrap();
        assert_eq!((caller.user_id, caller.expires_at), (user_id(1), at(end)));
        let over = Authenticate::new(sessions_with_one(), clock_at(end)).execute(&token().into()).await;
        assert!(matches!(over, Err(AuthenticateError::NoSession)));
    }

    fn sliding(sessions: MockSessionRepo, now: i64) -> Authenticate {
        let day = SESSION_LIFETIME;
        Authenticate::new(Arc::new(sessions), clock_at(now)).with_lifetime(SessionLifetime::sliding(day, day * 30))
    }

    #[tokio::test]
    async fn a_use_moves_a_sliding_end_when_that_is_due() {
        let an_hour = SESSION_LIFETIME / 24;
        let (soon, later) = (at(0).after(an_hour).as_micros() - 1, at(0).after(an_hour).as_micros());
        let session = Session::issue(SessionId::from_uuid(uuid::Uuid::nil()), user_id(1), &token(), at(0));
        let store = || {
            let (mut sessions, session) = (MockSessionRepo::new(), session.clone());
            sessions.expect_find_by_token().returning(move |_| Ok(Some(session.clone())));
            sessions
        };
        let mut never = store();
        never.expect_extend().never();
        let caller = sliding(never, soon).execute(&token().into()).await.unwrap();
        assert_eq!(
            (caller.expires_at, caller.slides_for),
            (session.expires_at, Some(at(soon).until(session.expires_at)))
        );

        let mut once = store();
        let end = at(later).after(SESSION_LIFETIME);
        once.expect_extend().once().withf(move |_, wanted| *wanted == end).returning(|_, _| Ok(true));
        let caller = sliding(once, later).execute(&token().into()).await.unwrap();
        assert_eq!((caller.expires_at, caller.slides_for), (end, Some(SESSION_LIFETIME)));

        let mut failing = store();
        failing.expect_extend().once().returning(|_, _| Err(crate::port::WriteError::Unavailable(engine_says())));
        let caller = sliding(failing, later).execute(&token().into()).await.unwrap();
        assert_eq!(
            (caller.expires_at, caller.slides_for),
            (session.expires_at, Some(at(later).until(session.expires_at)))
        );

        let mut revoked = store();
        revoked.expect_extend().once().returning(|_, _| Ok(false));
        let refused = sliding(revoked, later).execute(&token().into()).await;
        assert!(matches!(refused, Err(AuthenticateError::NoSession)));
    }

    #[tokio::test]
    async fn another_token_is_nobodys() {
        let other = SessionToken::from_random_bytes([4; 32]);
        let refused = Authenticate::new(sessions_with_one(), clock_at(0)).execute(&other.into()).await;
        assert!(matches!(refused, Err(AuthenticateError::NoSession)));
    }

    #[tokio::test]
    async fn a_store_that_fails_is_no_refusal() {
        let mut sessions = MockSessionRepo::new();
        sessions.expect_find_by_token().returning(|_| Err(ReadError::Unavailable(engine_says())));
        let failed = Authenticate::new(Arc::new(sessions), clock_at(0)).execute(&token().into()).await;
        assert!(matches!(failed, Err(AuthenticateError::Read(_))));
    }

    #[tokio::test]
    async fn a_signed_token_is_nobodys_unless_somebody_verifies_it() {
        let signed: Credential = "a.b.c".parse().unwrap();
        let refused = Authenticate::new(Arc::new(MockSessionRepo::new()), clock_at(0)).execute(&signed).await;
        assert!(matches!(refused, Err(AuthenticateError::NoSession)));

        let mut verifier = MockTokenVerifier::new();
        verifier
            .expect_verify()
            .once()
            .returning(|_| Ok(Subject { user_id: user_id(1), expires_at: at(7), username: None, display_name: None }));
        let mut users = MockUserRepo::new();
        users.expect_find_many().returning(|_| Ok(vec![user(1, "alice")]));
        let subjects = AdmitSubject::new(Arc::new(verifier), Arc::new(users));
        let authenticate = Authenticate::new(sessions_with_one(), clock_at(0)).with_subjects(subjects);
        let caller = authenticate.execute(&signed).await.unwrap();
        assert_eq!((caller.user_id, caller.session_id), (user_id(1), None));
        assert_eq!(authenticate.next_check(&caller), at(7));
        assert!(authenticate.execute(&token().into()).await.unwrap().session_id.is_some());
    }
}
