//! The law of callers who go away in the middle of a deactivation.

use parlour_domain::{DisplayName, Passkey, Session, User};

use crate::concurrency::insist;
use crate::dropped::dropped_after;
use crate::fixture::{at, passkey, session, user};
use crate::violation::Must;
use crate::{Harness, Violation};

/// No store known answers only after so many polls.
const MOST_POLLS: usize = 24;

/// A user and what is theirs, as they were before they went.
struct Leaving {
    user: User,
    sessions: Vec<Session>,
    passkeys: Vec<Passkey>,
}

impl Leaving {
    async fn prepare<H: Harness>(must: Must, store: &H) -> Result<Self, Violation> {
        let user = user();
        let sessions: Vec<Session> = (0..3).map(|n| session(&user, at(n))).collect();
        let passkeys: Vec<Passkey> = (0..2).map(|n| passkey(&user, at(n))).collect();
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
        for one in &sessions {
            must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
        }
        for one in &passkeys {
            must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
        }
        Ok(Self { user, sessions, passkeys })
    }

    /// Whether the user is as before; a violation when they are neither that nor gone.
    async fn is_there<H: Harness>(&self, must: Must, store: &H) -> Result<bool, Violation> {
        let when = "a deactivation was dropped; the user";
        let found = must.succeed("a user is looked up", store.users().find_many(&[self.user.id]).await)?;
        let gone = User { is_active: false, display_name: DisplayName::tombstone(), ..self.user.clone() };
        let is_there = found == [self.user.clone()];
        must.hold(when, is_there || found == [gone], "is as before or deactivated", &found)?;
        Ok(is_there)
    }

    async fn has_all_sessions<H: Harness>(&self, must: Must, store: &H) -> Result<bool, Violation> {
        let left = must.succeed("sessions are listed", store.sessions().list_of(self.user.id).await)?;
        let has_all = left.len() == self.sessions.len();
        must.hold("a deactivation was dropped; the sessions", has_all || left.is_empty(), "all or none", &left)?;
        Ok(has_all)
    }

    async fn has_all_passkeys<H: Harness>(&self, must: Must, store: &H) -> Result<bool, Violation> {
        let left = must.succeed("passkeys are listed", store.passkeys().list_of(self.user.id).await)?;
        let has_all = left.len() == self.passkeys.len();
        must.hold("a deactivation was dropped; the passkeys", has_all || left.is_empty(), "all or none", &left)?;
        Ok(has_all)
    }

    /// What was dropped may still be going on, so whatever is looked at later may be gone where what was looked at before
    /// is not; never the other way round, and each is looked at first once.
    async fn is_whole_or_gone<H: Harness>(&self, must: Must, store: &H) -> Result<(), Violation> {
        let user = self.is_there(must, store).await?;
        let sessions = self.has_all_sessions(must, store).await?;
        let passkeys = self.has_all_passkeys(must, store).await?;
        let seen = [user, sessions, passkeys];
        must.hold(
            "a deactivation was dropped; user, sessions, passkeys",
            seen.is_sorted_by(|a, b| a >= b),
            "all there or all gone",
            &seen,
        )?;
        let passkeys = self.has_all_passkeys(must, store).await?;
        let sessions = self.has_all_sessions(must, store).await?;
        let user = self.is_there(must, store).await?;
        let seen = [passkeys, sessions, user];
        must.hold(
            "a deactivation was dropped; passkeys, sessions, user",
            seen.is_sorted_by(|a, b| a >= b),
            "all there or all gone",
            &seen,
        )
    }
}

/// A client hangs up at every possible moment of a deactivation.
pub async fn a_dropped_deactivation_is_whole_or_absent<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::deactivate",
        "a_dropped_deactivation_is_whole_or_absent",
        "deactivate all of a user or nothing, also when the caller drops the future",
    );
    for polls in 0..MOST_POLLS {
        let leaving = Leaving::prepare(must, &store).await?;
        let profiles = store.profiles();
        let outcome = dropped_after(polls, profiles.deactivate(leaving.user.id)).await;
        let is_done = outcome.is_some();
        if let Some(outcome) = outcome {
            must.succeed("a user is deactivated", outcome)?;
        }
        leaving.is_whole_or_gone(must, &store).await?;
        let again = insist(|| profiles.deactivate(leaving.user.id)).await;
        must.succeed("a dropped deactivation is repeated", again)?;
        let left = [
            leaving.is_there(must, &store).await?,
            leaving.has_all_sessions(must, &store).await?,
            leaving.has_all_passkeys(must, &store).await?,
        ];
        must.equal("a dropped deactivation was repeated; user, sessions and passkeys are there", &[false; 3], &left)?;
        if is_done {
            break;
        }
    }
    Ok(())
}
