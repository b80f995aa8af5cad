//! Trying again what only stood in another transaction's way.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// More than enough for those that take their locks in one order.
const ATTEMPTS: u32 = 12;
/// A deadlock may take its engine a second to notice; a caller should not wait for a dozen of them.
const LONG_ENOUGH: Duration = Duration::from_secs(5);

const FIRST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(100);

/// How often, and for how long, one transaction or lone statement is tried.
pub(crate) struct Patience {
    attempt: u32,
    since: Instant,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { attempt: 1, since: Instant::now() }
    }

    pub(crate) fn is_left(&self) -> bool {
        self.attempt < ATTEMPTS && self.since.elapsed() < LONG_ENOUGH
    }

    /// Waits for a random part of a time that doubles with each attempt, so that two that collided do not meet again.
    pub(crate) async fn back_off(&mut self) {
        let most = FIRST.saturating_mul(1 << self.attempt.min(16)).min(LONGEST);
        let percent = RandomState::new().hash_one(self.attempt) % 100;
        tokio::time::sleep(most.mul_f64(f64::from(u8::try_from(percent).unwrap_or(50)) / 100.0)).await;
        self.attempt += 1;
    }
}
