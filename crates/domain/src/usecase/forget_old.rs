//! Forgetting what has served its time.

use std::sync::Arc;
use std::time::Duration;

use crate::port::{CeremonyRepo, Clock, InboxRepo, RoomRepo, SessionRepo, WriteError};

/// How long an inbox entry is kept.
pub const INBOX_KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes old inbox entries, answered requests, sessions and ceremonies.
pub struct ForgetOld {
    inboxes: Arc<dyn InboxRepo>,
    rooms: Arc<dyn RoomRepo>,
    sessions: Arc<dyn SessionRepo>,
    ceremonies: Arc<dyn CeremonyRepo>,
    clock: Arc<dyn Clock>,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Inbox entries older than [`INBOX_KEPT_FOR`].
    pub inbox_entries: u64,
    /// Idempotency records whose time was over.
    pub answers: u64,
    /// Sessions whose time was over.
    pub sessions: u64,
    /// Ceremonies whose time was over.
    pub ceremonies: u64,
}

impl ForgetOld {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        inboxes: Arc<dyn InboxRepo>,
        rooms: Arc<dyn RoomRepo>,
        sessions: Arc<dyn SessionRepo>,
        ceremonies: Arc<dyn CeremonyRepo>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { inboxes, rooms, sessions, ceremonies, clock }
    }

    /// Forgets what is old now.
    ///
    /// # Errors
    /// [`WriteError`] when a store does not answer; what was forgotten before stays forgotten.
    pub async fn execute(&self) -> Result<Forgotten, WriteError> {
        let now = self.clock.now();
        // One that fails does not keep the others.
        let inbox_entries = self.inboxes.forget(now.before(INBOX_KEPT_FOR)).await;
        let answers = self.rooms.forget_answers(now).await;
        let sessions = self.sessions.remove_expired(now).await;
        let ceremonies = self.ceremonies().await;
        Ok(Forgotten { inbox_entries: inbox_entries?, answers: answers?, sessions: sessions?, ceremonies: ceremonies? })
    }

    /// Forgets ceremonies that are over now, and answers how many. Nobody has to be known to begin one, so they want to be
    /// forgotten sooner than all the rest.
    ///
    /// # Errors
    /// [`WriteError`] when the store does not answer.
    pub async fn ceremonies(&self) -> Result<u64, WriteError> {
        self.ceremonies.remove_expired(self.clock.now()).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, clock_at};
    use super::*;
    use crate::mocks::{MockCeremonyRepo, MockInboxRepo, MockRoomRepo, MockSessionRepo};

    #[tokio::test]
    async fn ceremonies_are_forgotten_by_themselves() {
        let mut ceremonies = MockCeremonyRepo::new();
        ceremonies.expect_remove_expired().withf(|now| *now == at(7)).once().returning(|_| Ok(4));
        let (mut inboxes, mut rooms, mut sessions) =
            (MockInboxRepo::new(), MockRoomRepo::new(), MockSessionRepo::new());
        inboxes.expect_forget().never();
        rooms.expect_forget_answers().never();
        sessions.expect_remove_expired().never();
        let (inboxes, rooms, sessions) = (Arc::new(inboxes), Arc::new(rooms), Arc::new(sessions));
        let forget = ForgetOld::new(inboxes, rooms, sessions, Arc::new(ceremonies), clock_at(7));
        assert_eq!(forget.ceremonies().await.unwrap(), 4);
    }

    #[tokio::test]
    async fn entries_are_kept_for_thirty_days_and_the_rest_until_its_own_end() {
        let now = i64::try_from(INBOX_KEPT_FOR.as_micros()).unwrap() + 7;
        let mut inboxes = MockInboxRepo::new();
        inboxes.expect_forget().withf(|before| *before == at(7)).once().returning(|_| Ok(1));
        let mut rooms = MockRoomRepo::new();
        rooms.expect_forget_answers().withf(move |at_| *at_ == at(now)).once().returning(|_| Ok(2));
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove_expired().withf(move |at_| *at_ == at(now)).once().returning(|_| Ok(3));
        let mut ceremonies = MockCeremonyRepo::new();
        ceremonies.expect_remove_expired().withf(move |at_| *at_ == at(now)).once().returning(|_| Ok(4));
        let (sessions, ceremonies) = (Arc::new(sessions), Arc::new(ceremonies));
        let forget = ForgetOld::new(Arc::new(inboxes), Arc::new(rooms), sessions, ceremonies, clock_at(now));
        let forgotten = Forgotten { inbox_entries: 1, answers: 2, sessions: 3, ceremonies: 4 };
        assert_eq!(forget.execute().await.unwrap(), forgotten);
    }

    #[tokio::test]
    async fn what_cannot_be_forgotten_does_not_keep_the_rest() {
        let mut inboxes = MockInboxRepo::new();
        inboxes.expect_forget().once().returning(|_| Err(WriteError::Unavailable("away".into())));
        let mut rooms = MockRoomRepo::new();
        rooms.expect_forget_answers().once().returning(|_| Ok(2));
        let mut sessions = MockSessionRepo::new();
        sessions.expect_remove_expired().once().returning(|_| Ok(3));
        let mut ceremonies = MockCeremonyRepo::new();
        ceremonies.expect_remove_expired().once().returning(|_| Ok(4));
        let (sessions, ceremonies) = (Arc::new(sessions), Arc::new(ceremonies));
        let forget = ForgetOld::new(Arc::new(inboxes), Arc::new(rooms), sessions, ceremonies, clock_at(7));
        assert!(matches!(forget.execute().await, Err(WriteError::Unavailable(_))));
    }
}
