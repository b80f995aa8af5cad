//! How long sessions live.

use std::time::Duration;

use super::{SESSION_LIFETIME, Session};
use crate::Timestamp;

/// A sliding end moves at most once in this part of a lifetime, so that a busy session is not written at every use.
const RENEWALS_IN_A_LIFETIME: u32 = 24;

/// How long a session lives, and whether its use prolongs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetime {
    length: Duration,
    /// How long it may live in all; without it the end is fixed.
    sliding_at_most: Option<Duration>,
}

impl SessionLifetime {
    /// A session ends so long after it was issued.
    #[must_use]
    pub const fn fixed(length: Duration) -> Self {
        Self { length, sliding_at_most: None }
    }

    /// A session ends so long after its last use, and `at_most` after it was issued.
    #[must_use]
    pub const fn sliding(length: Duration, at_most: Duration) -> Self {
        Self { length, sliding_at_most: Some(at_most) }
    }

    /// When a session ends that is issued at `now`, if it is never used.
    #[must_use]
    pub fn first_end(self, now: Timestamp) -> Timestamp {
        now.after(self.sliding_at_most.map_or(self.length, |at_most| self.length.min(at_most)))
    }

    /// The new end of a session that is used at `now`; `None` while it stays where it is.
    #[must_use]
    pub fn renewed_end(self, session: &Session, now: Timestamp) -> Option<Timestamp> {
        let last = session.created_at.after(self.sliding_at_most?);
        let wanted = now.after(self.length);
        let is_due = session.expires_at.until(wanted) >= self.renewal_interval();
        let end = wanted.min(last);
        (is_due && end > session.expires_at).then_some(end)
    }

    /// Whether the end moves with the use.
    #[must_use]
    pub const fn is_sliding(self) -> bool {
        self.sliding_at_most.is_some()
    }

    /// When somebody who stays connected is to be asked again who they are: often enough to count as use when the end
    /// slides, and at the end in any case.
    #[must_use]
    pub fn next_check(self, now: Timestamp, expires_at: Timestamp) -> Timestamp {
        if self.sliding_at_most.is_none() {
            return expires_at;
        }
        now.after(self.renewal_interval()).min(expires_at)
    }

    fn renewal_interval(self) -> Duration {
        self.length / RENEWALS_IN_A_LIFETIME
    }
}

impl Default for SessionLifetime {
    /// Fixed, [`SESSION_LIFETIME`].
    fn default() -> Self {
        Self::fixed(SESSION_LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionId, TokenHash, UserId};

    const HOUR: Duration = Duration::from_secs(3_600);

    fn at(hours: u32) -> Timestamp {
        Timestamp::from_micros(0).unwrap().after(HOUR * hours)
    }

    fn session(created_at: Timestamp, expires_at: Timestamp) -> Session {
        let nil = uuid::Uuid::nil();
        let (id, user_id) = (SessionId::from_uuid(nil), UserId::from_uuid(nil));
        Session { id, user_id, token_hash: TokenHash::from_bytes([0; 32]), created_at, expires_at }
    }

    #[test]
    fn a_fixed_end_stays_and_is_looked_at_when_it_has_come() {
        let fixed = SessionLifetime::fixed(HOUR * 24);
        assert_eq!(fixed.first_end(at(1)), at(25));
        assert_eq!(fixed.renewed_end(&session(at(0), at(24)), at(23)), None);
        assert_eq!(fixed.next_check(at(1), at(24)), at(24));
    }

    #[test]
    fn a_sliding_end_moves_once_in_a_twenty_fourth_of_the_lifetime() {
        let sliding = SessionLifetime::sliding(HOUR * 24, HOUR * 100);
        let session = session(at(0), at(24));
        let soon = Timestamp::from_micros(at(1).as_micros() - 1).unwrap();
        assert_eq!(sliding.renewed_end(&session, soon), None);
        assert_eq!(sliding.renewed_end(&session, at(1)), Some(at(25)));
        assert_eq!(sliding.renewed_end(&session, at(23)), Some(at(47)));
    }

    #[test]
    fn a_sliding_end_never_passes_the_longest_life() {
        let sliding = SessionLifetime::sliding(HOUR * 24, HOUR * 30);
        assert_eq!(sliding.renewed_end(&session(at(0), at(24)), at(10)), Some(at(30)));
        assert_eq!(sliding.renewed_end(&session(at(0), at(30)), at(20)), None);
        assert_eq!(SessionLifetime::sliding(HOUR * 24, HOUR).first_end(at(0)), at(1));
    }

    #[test]
    fn who_stays_connected_is_asked_often_enough_to_count_as_use() {
        let sliding = SessionLifetime::sliding(HOUR * 24, HOUR * 100);
        assert_eq!(sliding.next_check(at(5), at(29)), at(6));
        assert_eq!(sliding.next_check(at(29), at(29)), at(29));
    }

    #[test]
    fn an_end_is_never_moved_back() {
        let shorter = SessionLifetime::sliding(HOUR, HOUR * 100);
        assert_eq!(shorter.renewed_end(&session(at(0), at(24)), at(5)), None);
    }
}
