//! The laws of [`SessionRepo`](parlour_domain::port::SessionRepo).

use parlour_domain::{Session, SessionId, TokenHash, User};

use crate::fixture::{self, at, micros, people, session};
use crate::violation::Must;
use crate::{Harness, Violation};

async fn register<H: Harness>(must: Must, store: &H, users: &[User]) -> Result<(), Violation> {
    for user in users {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    Ok(())
}

/// What goes in comes out, the first and the last instant included.
pub async fn a_session_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("SessionRepo::insert", "a_session_comes_back_as_it_went_in", "keep every field unchanged");
    let [alice] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let cases = [
        session(&alice, at(0)),
        session(&alice, micros(fixture::FIRST_INSTANT)),
        session(&alice, micros(fixture::LAST_INSTANT)),
        Session { token_hash: TokenHash::from_bytes([0x00; 32]), ..session(&alice, micros(-1)) },
        Session { token_hash: TokenHash::from_bytes([0xff; 32]), ..session(&alice, micros(0)) },
    ];
    for one in &cases {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    for one in &cases {
        let found = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        must.equal("the session is looked up by its token", &Some(one.clone()), &found)?;
    }
    let unknown = session(&alice, at(0)).token_hash;
    let found = must.succeed("a token is looked up", store.sessions().find_by_token(&unknown).await)?;
    must.equal("a token is looked up that nobody has", &None, &found)
}

/// A token is as good as its last bit, and it is for the caller to see whether its session has expired.
pub async fn a_session_is_found_by_its_whole_token<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::find_by_token",
        "a_session_is_found_by_its_whole_token",
        "find the session of exactly that hash, expired or not, and no other",
    );
    let [alice] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let hash = |first, last| {
        let mut bytes = [0x20; 32];
        (bytes[0], bytes[31]) = (first, last);
        TokenHash::from_bytes(bytes)
    };
    let hashes = [hash(0x00, 0x00), hash(0x00, 0x20), hash(0x41, 0x41), hash(0x41, 0x61), hash(0xff, 0x41)];
    let issued = |token_hash| Session { token_hash, ..session(&alice, micros(fixture::FIRST_INSTANT)) };
    let all = hashes.map(issued);
    for one in &all {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    for one in &all {
        let found = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        must.equal("one of 5 similar tokens of expired sessions is looked up", &Some(one.clone()), &found)?;
    }
    for unknown in [hash(0x00, 0x01), hash(0x61, 0x41), hash(0x01, 0x00)] {
        let found = must.succeed("a token is looked up", store.sessions().find_by_token(&unknown).await)?;
        must.equal("a token is looked up that differs from others in its first or last byte", &None, &found)?;
    }
    Ok(())
}

/// An operator who does not know whether the session was issued asks again.
pub async fn inserting_the_same_session_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::insert",
        "inserting_the_same_session_again_has_one_effect",
        "answer success when the very same session is inserted again",
    );
    let [alice] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let one = session(&alice, at(0));
    must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    must.succeed("the same session is inserted again", store.sessions().insert(one.clone()).await)?;
    let listed = must.succeed("the sessions are listed", store.sessions().list_of(alice.id).await)?;
    must.equal("the same session was inserted twice and the sessions are listed", &vec![one], &listed)
}

/// Everyone has their own sessions.
pub async fn a_users_sessions_are_listed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::list_of",
        "a_users_sessions_are_listed",
        "list all of the user's sessions in the order of their ids, and no one else's",
    );
    let everyone: [User; 3] = people();
    register(must, &store, &everyone).await?;
    let [alice, bob, carol] = &everyone;
    let of_alice = [session(alice, at(9)), session(alice, micros(fixture::FIRST_INSTANT)), session(alice, at(5))];
    let of_bob = vec![session(bob, at(0))];
    for one in of_alice.iter().rev().chain(&of_bob) {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    for (user, expected) in [(alice, of_alice.to_vec()), (bob, of_bob), (carol, Vec::new())] {
        let listed = must.succeed("the sessions are listed", store.sessions().list_of(user.id).await)?;
        must.equal("the sessions of one of three users are listed", &expected, &listed)?;
    }
    Ok(())
}

/// A revoked session is gone at once.
pub async fn a_removed_session_is_not_found<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::remove",
        "a_removed_session_is_not_found",
        "be seen by every read that begins after it answered",
    );
    let [alice] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let sessions = store.sessions();
    let (removed, other) = (session(&alice, at(0)), session(&alice, at(0)));
    for one in [&removed, &other] {
        must.succeed("a session is inserted", sessions.insert(one.clone()).await)?;
    }
    let was_there = must.succeed("a session is removed", sessions.remove(removed.id).await)?;
    must.equal("a session is removed", &true, &was_there)?;
    let found = must.succeed("a token is looked up", sessions.find_by_token(&removed.token_hash).await)?;
    must.equal("the token of the removed session is looked up", &None, &found)?;
    let listed = must.succeed("the sessions are listed", sessions.list_of(alice.id).await)?;
    must.equal("one of two sessions was removed and the sessions are listed", &vec![other], &listed)?;
    for id in [removed.id, SessionId::from_uuid(fixture::uuid())] {
        let was_there = must.succeed("a session is removed", sessions.remove(id).await)?;
        must.equal("a session is removed that is not there", &false, &was_there)?;
    }
    Ok(())
}

/// Forgetting takes what has served its time and nothing else.
pub async fn only_expired_sessions_are_removed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::remove_expired",
        "only_expired_sessions_are_removed",
        "remove the sessions that have expired, leave those that expire later, and answer how many it removed",
    );
    let [alice] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let sessions = store.sessions();
    let now = micros(1_000_000);
    let ending = |end| Session { expires_at: micros(end), ..session(&alice, micros(0)) };
    let gone = [ending(-5), ending(999_999), ending(1_000_000)];
    let kept = [ending(1_000_001), ending(fixture::LAST_INSTANT)];
    for one in gone.iter().chain(&kept) {
        must.succeed("a session is inserted", sessions.insert(one.clone()).await)?;
    }
    let removed = must.succeed("expired sessions are removed", sessions.remove_expired(now).await)?;
    must.equal("3 of 5 sessions have expired, one at this instant, and are removed", &3, &removed)?;
    let listed = must.succeed("the sessions are listed", sessions.list_of(alice.id).await)?;
    must.equal("3 of 5 sessions have expired and were removed", &kept.to_vec(), &listed)?;
    let removed = must.succeed("expired sessions are removed", sessions.remove_expired(now).await)?;
    must.equal("expired sessions are removed again", &0, &removed)
}
