//! What a session alone does not do for: changes by which a stolen one would become the whole account.

use std::time::Duration;

use super::Caller;
use crate::Timestamp;

/// How long a sign-in counts as proof that it is the user who asks, and not somebody who has got hold of their session.
pub const SIGN_IN_IS_FRESH_FOR: Duration = Duration::from_secs(10 * 60);

/// Why a caller has to sign in before they get what they ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInNeeded {
    /// They came with a token that somebody else signed: of a session it is known how its user signed in.
    #[error("caller has no session")]
    NoSession,
    /// They have signed in too long ago.
    #[error("sign-in is not fresh")]
    NotFresh,
}

impl Caller {
    /// Checks that the caller signed in here, at most [`SIGN_IN_IS_FRESH_FOR`] ago (OWASP ASVS 5.0, 7.5.1). A sign-in
    /// issues a new session, so the issue of the session is the proof.
    ///
    /// # Errors
    /// [`SignInNeeded`] says why not.
    pub fn require_fresh_sign_in(&self, now: Timestamp) -> Result<(), SignInNeeded> {
        let signed_in_at = self.signed_in_at.ok_or(SignInNeeded::NoSession)?;
        if signed_in_at.until(now) > SIGN_IN_IS_FRESH_FOR { Err(SignInNeeded::NotFresh) } else { Ok(()) }
    }

    /// The same, but whoever was vouched for by somebody else passes: when they proved who they are is not known here, and
    /// whether that is long ago is for the one to decide who signed their token.
    ///
    /// # Errors
    /// [`SignInNeeded::NotFresh`].
    pub fn require_fresh_sign_in_unless_vouched_for(&self, now: Timestamp) -> Result<(), SignInNeeded> {
        match self.require_fresh_sign_in(now) {
            Err(SignInNeeded::NoSession) => Ok(()),
            checked => checked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session, SessionId, SessionToken, UserId};

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    fn caller() -> Caller {
        let nil = uuid::Uuid::nil();
        let token = SessionToken::from_random_bytes([3; 32]);
        let session = Session::issue(SessionId::from_uuid(nil), UserId::from_uuid(nil), &token, at(0));
        session.caller(at(0)).unwrap()
    }

    #[test]
    fn a_sign_in_counts_for_ten_minutes() {
        let last = at(0).after(Duration::from_secs(600));
        let later = at(last.as_micros() + 1);
        assert_eq!(caller().require_fresh_sign_in(last), Ok(()));
        assert_eq!(caller().require_fresh_sign_in(later), Err(SignInNeeded::NotFresh));
        assert_eq!(caller().require_fresh_sign_in_unless_vouched_for(last), Ok(()));
        assert_eq!(caller().require_fresh_sign_in_unless_vouched_for(later), Err(SignInNeeded::NotFresh));
    }

    #[test]
    fn a_session_whose_end_was_moved_is_as_old_as_before() {
        let moved = Caller {
            expires_at: at(0).after(Duration::from_secs(100_000)),
            slides_for: Some(Duration::from_secs(60)),
            ..caller()
        };
        let later = at(0).after(Duration::from_secs(601));
        assert_eq!(moved.require_fresh_sign_in(later), Err(SignInNeeded::NotFresh));
    }

    #[test]
    fn who_is_vouched_for_has_not_signed_in_here() {
        let vouched_for = Caller { session_id: None, signed_in_at: None, ..caller() };
        assert_eq!(vouched_for.require_fresh_sign_in(at(0)), Err(SignInNeeded::NoSession));
        assert_eq!(vouched_for.require_fresh_sign_in_unless_vouched_for(at(0)), Ok(()));
    }
}
