//! Trying again what only stood in another transaction's way.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// More than enough for transactions that take their locks in one order.
pub(super) const ATTEMPTS: u32 = 12;

const FIRST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(100);

/// Waits for a random part of a time that doubles with each attempt, so that two that collided do not meet again.
pub(super) async fn back_off(attempt: u32) {
    let most = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    let percent = RandomState::new().hash_one(attempt) % 100;
    tokio::time::sleep(most.mul_f64(f64::from(u8::try_from(percent).unwrap_or(50)) / 100.0)).await;
}
