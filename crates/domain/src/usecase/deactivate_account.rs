//! Leaving for good.

use std::sync::Arc;

use super::patient_write::knowing_the_outcome;
use crate::port::{Clock, Disconnector, ProfileRepo, ReadError, SessionRepo, WriteError};
use crate::{Caller, SessionId, SignInNeeded, UserId};

/// Deactivates accounts.
pub struct DeactivateAccount {
    profiles: Arc<dyn ProfileRepo>,
    sessions: Arc<dyn SessionRepo>,
    disconnector: Arc<dyn Disconnector>,
    clock: Arc<dyn Clock>,
}

/// Why an account was not deactivated.
#[derive(Debug, thiserror::Error)]
pub enum DeactivateAccountError {
    /// They have to sign in first.
    #[error(transparent)]
    SignInNeeded(#[from] SignInNeeded),
    /// The store does not answer or is corrupt; nothing was written.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store does not answer.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl DeactivateAccountError {
    /// Whether the account may be deactivated all the same.
    #[must_use]
    pub const fn is_perhaps_done(&self) -> bool {
        matches!(self, Self::Write(WriteError::OutcomeUnknown(_)))
    }
}

impl DeactivateAccount {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        profiles: Arc<dyn ProfileRepo>,
        sessions: Arc<dyn SessionRepo>,
        disconnector: Arc<dyn Disconnector>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { profiles, sessions, disconnector, clock }
    }

    /// Deactivates the caller's account, closes its sockets, and answers whether there is such a user. Rooms keep their
    /// history, the username stays taken, and the display name becomes a [tombstone](crate::DisplayName::tombstone). They
    /// have to have [just signed in](Caller::require_fresh_sign_in_unless_vouched_for), if they do so here.
    ///
    /// # Errors
    /// [`DeactivateAccountError`] when the store does not answer; unless its outcome is unknown nothing was written.
    pub async fn execute(&self, caller: &Caller) -> Result<bool, DeactivateAccountError> {
        caller.require_fresh_sign_in_unless_vouched_for(self.clock.now())?;
        self.execute_for_operator(caller.user_id).await
    }

    /// The same for whoever runs the program, who needs nobody's word.
    ///
    /// # Errors
    /// [`DeactivateAccountError`] when the store does not answer; unless its outcome is unknown nothing was written.
    pub async fn execute_for_operator(&self, id: UserId) -> Result<bool, DeactivateAccountError> {
        // A deactivation that had to be repeated no longer finds the sessions that the first try removed.
        let known = self.sessions.list_of(id).await?;
        let gone = match knowing_the_outcome(|| self.profiles.deactivate(id)).await {
            Ok(Some(gone)) => gone,
            Ok(None) => return Ok(false),
            Err(error) => {
                // Whoever may be gone may not stay connected.
                if matches!(error, WriteError::OutcomeUnknown(_)) {
                    self.disconnect(id, known.into_iter().map(|session| session.id).collect()).await;
                }
                return Err(error.into());
            }
        };
        let mut ended: Vec<SessionId> = known.into_iter().map(|session| session.id).chain(gone).collect();
        ended.sort_unstable();
        ended.dedup();
        self.disconnect(id, ended).await;
        tracing::info!(user_id = %id, "account deactivated");
        Ok(true)
    }

    async fn disconnect(&self, id: UserId, sessions: Vec<SessionId>) {
        self.disconnector.disconnect(sessions).await;
        // Those that came in without a session, too.
        self.disconnector.disconnect_user(id).await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, caller, clock_at, engine_says, stopped_clock, user_id};
    use super::*;
    use crate::mocks::{MockDisconnector, MockProfileRepo, MockSessionRepo};
    use crate::{SIGN_IN_IS_FRESH_FOR, Session, SessionToken};

    fn id(n: u128) -> SessionId {
        SessionId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn with_session(n: u128) -> MockSessionRepo {
        let session = Session::issue(id(n), user_id(1), &SessionToken::from_random_bytes([3; 32]), at(0));
        let mut sessions = MockSessionRepo::new();
        sessions.expect_list_of().returning(move |_| Ok(vec![session.clone()]));
        sessions
    }

    fn unasked() -> MockDisconnector {
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().never();
        disconnector.expect_disconnect_user().never();
        disconnector
    }

    async fn deactivate(
        profiles: MockProfileRepo,
        disconnector: MockDisconnector,
    ) -> Result<bool, DeactivateAccountError> {
        let (profiles, sessions) = (Arc::new(profiles), Arc::new(with_session(1)));
        DeactivateAccount::new(profiles, sessions, Arc::new(disconnector), stopped_clock()).execute(&caller(1)).await
    }

    #[tokio::test]
    async fn an_old_session_deactivates_nobody_and_who_is_vouched_for_needs_none() {
        let later = caller(1).signed_in_at.unwrap().after(SIGN_IN_IS_FRESH_FOR).as_micros() + 1;
        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().never();
        let sessions = Arc::new(MockSessionRepo::new());
        let late = DeactivateAccount::new(Arc::new(profiles), sessions, Arc::new(unasked()), clock_at(later));
        let refused = late.execute(&caller(1)).await;
        assert!(matches!(refused, Err(DeactivateAccountError::SignInNeeded(SignInNeeded::NotFresh))));

        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().once().returning(|_| Ok(Some(Vec::new())));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().once().returning(|_| ());
        disconnector.expect_disconnect_user().once().returning(|_| ());
        let (profiles, sessions) = (Arc::new(profiles), Arc::new(with_session(1)));
        let late = DeactivateAccount::new(profiles, sessions, Arc::new(disconnector), clock_at(later));
        assert!(late.execute(&Caller { session_id: None, signed_in_at: None, ..caller(1) }).await.unwrap());
    }

    #[tokio::test]
    async fn the_store_comes_first_and_then_the_sockets_of_every_session_are_closed() {
        let mut order = mockall::Sequence::new();
        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().once().in_sequence(&mut order).returning(|_| Ok(Some(vec![id(2), id(1)])));
        let mut disconnector = MockDisconnector::new();
        disconnector
            .expect_disconnect()
            .withf(|ids| *ids == [id(1), id(2)])
            .once()
            .in_sequence(&mut order)
            .returning(|_| ());
        disconnector
            .expect_disconnect_user()
            .withf(|user| *user == user_id(1))
            .once()
            .in_sequence(&mut order)
            .returning(|_| ());
        assert!(deactivate(profiles, disconnector).await.unwrap());
    }

    #[tokio::test]
    async fn a_deactivation_that_had_to_be_repeated_closes_the_sockets_all_the_same() {
        let mut order = mockall::Sequence::new();
        let mut profiles = MockProfileRepo::new();
        let unknown = |_| Err(WriteError::OutcomeUnknown(engine_says()));
        profiles.expect_deactivate().once().in_sequence(&mut order).returning(unknown);
        profiles.expect_deactivate().once().in_sequence(&mut order).returning(|_| Ok(Some(Vec::new())));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().withf(|ids| *ids == [id(1)]).once().returning(|_| ());
        disconnector.expect_disconnect_user().once().returning(|_| ());
        assert!(deactivate(profiles, disconnector).await.unwrap());
    }

    #[tokio::test]
    async fn whoever_is_perhaps_gone_is_disconnected() {
        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().returning(|_| Err(WriteError::OutcomeUnknown(engine_says())));
        let mut disconnector = MockDisconnector::new();
        disconnector.expect_disconnect().withf(|ids| *ids == [id(1)]).once().returning(|_| ());
        disconnector.expect_disconnect_user().withf(|user| *user == user_id(1)).once().returning(|_| ());
        assert!(deactivate(profiles, disconnector).await.unwrap_err().is_perhaps_done());
    }

    #[tokio::test]
    async fn nobody_is_disconnected_where_nothing_was_deactivated() {
        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().once().returning(|_| Ok(None));
        assert!(!deactivate(profiles, unasked()).await.unwrap());
        let mut profiles = MockProfileRepo::new();
        profiles.expect_deactivate().once().returning(|_| Err(WriteError::Unavailable(engine_says())));
        assert!(deactivate(profiles, unasked()).await.is_err());
    }
}
