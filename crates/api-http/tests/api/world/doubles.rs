//! A clock that stands still, ids that count, and somebody who remembers what was told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::port::{Clock, Disconnector, IdSource, Notice, Notifier, NotifyError};
use parlour_domain::{SessionId, SessionToken, Timestamp, UserHandle, UserId};
use uuid::Uuid;

/// A clock that only a test moves.
pub(crate) struct StoppedClock(pub(super) AtomicI64);

impl StoppedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// The time since 1970.
    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn uuid(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Uuid::from_u128(0x0192_f0c1_2345_7000_8000_0000_0000_0000 | u128::from(n))
    }

    fn session_token(&self) -> SessionToken {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        SessionToken::from_random_bytes(bytes)
    }

    fn user_handle(&self) -> UserHandle {
        let mut bytes = [5; 64];
        bytes[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        UserHandle::from_random_bytes(bytes)
    }
}

/// Who was told, and whose sockets were closed.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) notices: Mutex<Vec<Notice>>,
    pub(crate) disconnected: Mutex<Vec<SessionId>>,
}

#[async_trait]
impl Notifier for Told {
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        self.notices.lock().unwrap().extend(notices);
        Ok(())
    }
}

#[async_trait]
impl Disconnector for Told {
    async fn disconnect(&self, sessions: Vec<SessionId>) {
        self.disconnected.lock().unwrap().extend(sessions);
    }

    async fn disconnect_user(&self, _: UserId) {}
}
