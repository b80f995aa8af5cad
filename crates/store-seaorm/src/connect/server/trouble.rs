//! What has happened to connections of a pool, and which of the others it concerns.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How often all connections may be given up because the server only reads: it may do so for long.
const MOVES: Duration = Duration::from_secs(1);

/// When a connection was last lost: what has lain idle since before then is asked before it is used. And when one was last
/// found to lead to a server that only reads: what was opened before then is closed, since it may well lead there too, and
/// would answer that all is well.
#[derive(Debug)]
pub(super) struct Trouble {
    start: Instant,
    /// Milliseconds after the start; 0 is never.
    lost: AtomicU64,
    moved: AtomicU64,
}

impl Trouble {
    pub(super) fn none() -> Self {
        Self { start: Instant::now(), lost: AtomicU64::new(0), moved: AtomicU64::new(0) }
    }

    pub(super) fn happened(&self) {
        self.lost.fetch_max(self.now(), Ordering::Relaxed);
    }

    pub(super) fn was_within(&self, span: Duration) -> bool {
        self.is_within(&self.lost, span)
    }

    pub(super) fn server_moved(&self) {
        if !self.server_moved_within(MOVES) {
            self.moved.fetch_max(self.now(), Ordering::Relaxed);
        }
    }

    pub(super) fn server_moved_within(&self, span: Duration) -> bool {
        self.is_within(&self.moved, span)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    fn is_within(&self, when: &AtomicU64, span: Duration) -> bool {
        match when.load(Ordering::Relaxed) {
            0 => false,
            when => self.start.elapsed().saturating_sub(Duration::from_millis(when)) <= span,
        }
    }
}
