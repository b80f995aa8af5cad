//! What has happened to connections of a pool, and which of the others it concerns.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How often all connections may be given up because the server only reads: it may do so for long.
const MOVES: Duration = Duration::from_secs(1);
/// What the span of a connection lacks at most when it is judged: whoever read the clock may have been held up since, and
/// times are kept in whole milliseconds. Of more connections than it concerns, trouble costs a ping or a new one.
const HELD_UP: Duration = Duration::from_millis(100);

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
    pub(super) fn none(now: Instant) -> Self {
        Self { start: now, lost: AtomicU64::new(0), moved: AtomicU64::new(0) }
    }

    pub(super) fn happened(&self, now: Instant) {
        self.note(&self.lost, now);
    }

    /// Whether a connection that has been idle for so long may have been lost with another one.
    pub(super) fn happened_to(&self, idle_for: Duration, now: Instant) -> bool {
        self.is_within(&self.lost, idle_for + HELD_UP, now)
    }

    pub(super) fn server_moved(&self, now: Instant) {
        if !self.is_within(&self.moved, MOVES, now) {
            self.note(&self.moved, now);
        }
    }

    /// Whether a connection of that age may lead to a server that only reads.
    pub(super) fn server_moved_from(&self, age: Duration, now: Instant) -> bool {
        self.is_within(&self.moved, age + HELD_UP, now)
    }

    fn note(&self, what: &AtomicU64, now: Instant) {
        let since_start = u64::try_from((now - self.start).as_millis()).unwrap_or(u64::MAX);
        what.fetch_max(since_start.max(1), Ordering::Relaxed);
    }

    fn is_within(&self, what: &AtomicU64, span: Duration, now: Instant) -> bool {
        match what.load(Ordering::Relaxed) {
            0 => false,
            when => (now - self.start).saturating_sub(Duration::from_millis(when)) <= span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// No trouble yet, and a moment in the second half of a millisecond.
    fn quiet() -> (Trouble, Instant) {
        let start = Instant::now();
        (Trouble::none(start), start + MILLISECOND * 7 / 4)
    }

    #[test]
    fn what_was_opened_just_before_the_server_moved_is_given_up() {
        let (trouble, moved) = quiet();
        trouble.server_moved(moved);
        let opened = moved - MILLISECOND / 2;
        let asked = moved + MILLISECOND * 30;
        let judged = asked + MILLISECOND * 20;
        assert!(trouble.server_moved_from(asked - opened, judged));
    }

    #[test]
    fn what_was_opened_after_the_server_moved_is_kept() {
        let (trouble, moved) = quiet();
        assert!(!trouble.server_moved_from(MILLISECOND, moved));
        trouble.server_moved(moved);
        assert!(!trouble.server_moved_from(Duration::ZERO, moved + HELD_UP));
    }

    #[test]
    fn a_server_that_only_reads_for_long_is_left_once_in_a_while() {
        let (trouble, moved) = quiet();
        trouble.server_moved(moved);
        let (soon, later) = (moved + MOVES / 2, moved + MOVES);
        trouble.server_moved(soon);
        assert!(!trouble.server_moved_from(Duration::ZERO, soon));
        trouble.server_moved(later);
        assert!(trouble.server_moved_from(Duration::ZERO, later));
    }

    #[test]
    fn what_lay_idle_just_before_another_was_lost_is_asked() {
        let (trouble, lost) = quiet();
        assert!(!trouble.happened_to(MILLISECOND, lost));
        trouble.happened(lost);
        assert!(trouble.happened_to(MILLISECOND / 2, lost));
        assert!(!trouble.happened_to(Duration::ZERO, lost + HELD_UP));
    }
}
