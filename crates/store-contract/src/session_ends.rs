//! The laws of who may go on with a session, and for how long.

use parlour_domain::{Session, SessionId};

use crate::concurrency::{RACERS, at_once, insist};
use crate::fixture::{self, at, micros, people, session};
use crate::violation::Must;
use crate::{Harness, Violation};

/// Requests of one session overtake each other, and none takes back what another one gave.
pub async fn a_session_is_only_ever_extended<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::extend",
        "a_session_is_only_ever_extended",
        "only ever move the end later, and answer whether there is such a session",
    );
    let [alice] = people();
    must.succeed("a user is inserted", store.users().insert(alice.clone()).await)?;
    let sessions = store.sessions();
    let (one, other) = (session(&alice, at(0)), session(&alice, at(0)));
    for session in [&one, &other] {
        must.succeed("a session is inserted", sessions.insert(session.clone()).await)?;
    }
    let end = |micros_later: i64| micros(one.expires_at.as_micros() + micros_later);
    for (asked, expected) in [
        (end(1), end(1)),
        (end(0), end(1)),
        (end(1), end(1)),
        (end(-1_000_000), end(1)),
        (micros(fixture::FIRST_INSTANT), end(1)),
        (end(2_000_000), end(2_000_000)),
    ] {
        let is_there = must.succeed("a session is extended", sessions.extend(one.id, asked).await)?;
        must.equal("a session that is there is extended", &true, &is_there)?;
        let found = must.succeed("the token is looked up", sessions.find_by_token(&one.token_hash).await)?;
        let expected = Session { expires_at: expected, ..one.clone() };
        must.equal("a session was extended, later or earlier than its end", &Some(expected), &found)?;
    }
    for racers in RACERS {
        let ends: Vec<i64> =
            (0..racers).zip(1_i64..).map(|(_, n)| racers as i64 * 10_000_000 + n * 7_919 % 97).collect();
        let racer = |micros_later: i64| {
            let (sessions, id, asked) = (store.sessions(), one.id, end(micros_later));
            async move { insist(|| sessions.extend(id, asked)).await }
        };
        for outcome in at_once(ends.iter().copied().map(racer).collect()).await {
            must.equal("many extend one session at once", &true, &must.succeed("a session is extended", outcome)?)?;
        }
        let latest = end(ends.iter().copied().max().unwrap_or_default());
        let found = must.succeed("the token is looked up", sessions.find_by_token(&one.token_hash).await)?;
        let expected = Session { expires_at: latest, ..one.clone() };
        must.equal("many extended one session at once", &Some(expected), &found)?;
    }
    let absent = SessionId::from_uuid(fixture::uuid());
    let is_there = must.succeed("a session is extended", sessions.extend(absent, end(1)).await)?;
    must.equal("a session is extended that is not there", &false, &is_there)?;
    let found = must.succeed("the token is looked up", sessions.find_by_token(&other.token_hash).await)?;
    must.equal("another session was extended", &Some(other), &found)
}

/// Whoever was put out stays out, whatever session is left behind.
pub async fn a_session_of_an_inactive_user_is_not_found<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::find_by_token",
        "a_session_of_an_inactive_user_is_not_found",
        "answer nothing for a session whose user is there and not active",
    );
    let [alice, mut bob, nobody] = people();
    bob.is_active = false;
    for user in [&alice, &bob] {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    for (user, is_found) in [(&alice, true), (&bob, false), (&nobody, true)] {
        let one = session(user, at(0));
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
        must.succeed("the same session is inserted again", store.sessions().insert(one.clone()).await)?;
        let found = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        let expected = is_found.then(|| one.clone());
        must.equal("the token of an active, an inactive or an unknown user is looked up", &expected, &found)?;
        let is_there = must.succeed("a session is removed", store.sessions().remove(one.id).await)?;
        must.equal("a session is removed, found by its token or not", &true, &is_there)?;
    }
    Ok(())
}
