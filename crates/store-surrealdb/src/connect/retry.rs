//! How often and when a transaction that lost against another one is tried again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// Of transactions on the same records at least one wins each time, so this many racers get through.
const TRIES: u32 = 64;
const SHORTEST: Duration = Duration::from_micros(200);
const LONGEST: Duration = Duration::from_millis(20);
/// No try begins later than this after the first: where each takes seconds, that many would take minutes.
const PATIENCE: Duration = Duration::from_secs(15);

/// The pauses between the tries of one transaction.
pub(crate) struct Retry {
    tried: u32,
    since: Instant,
}

impl Default for Retry {
    fn default() -> Self {
        Self { tried: 0, since: Instant::now() }
    }
}

impl Retry {
    /// Waits before the next try; `false` when there were enough.
    pub(crate) async fn pause(&mut self) -> bool {
        self.tried += 1;
        if self.tried >= TRIES || self.since.elapsed() > PATIENCE {
            return false;
        }
        let most = SHORTEST.saturating_mul(2_u32.saturating_pow(self.tried)).min(LONGEST);
        tokio::time::sleep(most.mul_f64(jitter())).await;
        true
    }
}

/// A number in 0..1 that differs from task to task, so that racers do not meet again; it need not be unpredictable.
fn jitter() -> f64 {
    let [a, b, ..] = RandomState::new().build_hasher().finish().to_ne_bytes();
    f64::from(u16::from_ne_bytes([a, b])) / f64::from(u16::MAX)
}
