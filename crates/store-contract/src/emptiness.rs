//! The laws of a store that has nothing yet.

use std::fmt::Debug;

use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::{ContactPolicy, DirectPair, RoomId, SearchQuery, Seq, SessionId};

use crate::fixture::{self, at, key, people, session, uuid};
use crate::observe::ALL;
use crate::violation::Must;
use crate::{Harness, Violation};

fn nothing<T: Debug + PartialEq>(
    must: Must,
    when: &str,
    nothing: &T,
    answer: Result<T, ReadError>,
) -> Result<(), Violation> {
    let answer = must.succeed(when, answer)?;
    must.equal(when, nothing, &answer)
}

fn none_forgotten(must: Must, when: &str, answer: Result<u64, WriteError>) -> Result<(), Violation> {
    let count = must.succeed(when, answer)?;
    must.equal(when, &0, &count)
}

/// Absence is an answer, not an error, also before anything was ever written.
pub async fn an_empty_store_answers_everything_with_nothing<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo, SessionRepo, ProfileRepo, ContactRepo, RoomRepo, InboxRepo",
        "an_empty_store_answers_everything_with_nothing",
        "answer that there is nothing when nothing was ever written",
    );
    let [alice, bob] = people();
    let (users, sessions, rooms, inboxes) = (store.users(), store.sessions(), store.rooms(), store.inboxes());
    let (none, room) = (Vec::new(), RoomId::from_uuid(uuid()));
    nothing(must, "an id of no user is looked up", &none, users.find_many(&[alice.id]).await)?;
    nothing(must, "a name of no user is looked up", &None, users.find_by_username(&alice.username).await)?;
    for after in [None, Some(alice.id)] {
        nothing(must, "the users are listed", &none, users.list(after, ALL).await)?;
    }

    let nobodys = session(&alice, at(0));
    nothing(must, "a token of no session is looked up", &None, sessions.find_by_token(&nobodys.token_hash).await)?;
    nothing(must, "the sessions of nobody are listed", &Vec::new(), sessions.list_of(alice.id).await)?;
    none_forgotten(must, "expired sessions are removed", sessions.remove_expired(at(0)).await)?;
    let was_there = must.succeed("no session is removed", sessions.remove(SessionId::from_uuid(uuid())).await)?;
    must.equal("no session is removed", &false, &was_there)?;

    let (profiles, contacts) = (store.profiles(), store.contacts());
    if let Ok(query) = SearchQuery::parse("nobody") {
        nothing(must, "nobody is searched for", &none, profiles.search(&query, alice.id, ALL).await)?;
    }
    nothing(must, "the policy of nobody is read", &ContactPolicy::Everyone, contacts.policy_of(alice.id).await)?;
    nothing(must, "the blocks of nobody are listed", &Vec::new(), contacts.list_blocked(alice.id, None, ALL).await)?;
    nothing(must, "nobody shares a room", &Vec::new(), rooms.share_a_room(alice.id, &[bob.id], at(0)).await)?;

    let end_of_time = fixture::micros(fixture::LAST_INSTANT);
    nothing(must, "an id of no room is looked up", &None, rooms.find(room).await)?;
    nothing(must, "a pair is looked up", &None, rooms.find_direct(DirectPair::new(alice.id, bob.id)).await)?;
    nothing(must, "the rooms of nobody are listed", &Vec::new(), rooms.list_of(alice.id, at(0), None, ALL).await)?;
    nothing(must, "expired rooms are listed", &Vec::new(), rooms.list_expired(end_of_time, ALL).await)?;
    nothing(must, "a key is looked up", &None, rooms.find_answer(alice.id, &key("key")).await)?;
    none_forgotten(must, "answers are forgotten", rooms.forget_answers(end_of_time).await)?;

    let page = must.succeed("an inbox is read", inboxes.read(alice.id, Seq::ZERO, ALL).await)?;
    let seen = (page.entries.len(), page.head, page.forgotten);
    must.equal("an inbox is read; entries, head and forgotten", &(0, Seq::ZERO, Seq::ZERO), &seen)?;
    nothing(must, "heads are read", &Vec::new(), inboxes.heads(&[alice.id, bob.id]).await)?;
    none_forgotten(must, "entries are forgotten", inboxes.forget(end_of_time).await)
}

/// The readiness check asks before anybody has written, and again after a restart.
pub async fn a_store_that_is_open_answers_a_ping<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::ping, RoomRepo::ping",
        "a_store_that_is_open_answers_a_ping",
        "answer success while the engine answers",
    );
    let [alice] = people();
    must.succeed("the users of a new store are pinged", store.users().ping().await)?;
    must.succeed("the rooms of a new store are pinged", store.rooms().ping().await)?;
    must.succeed("a user is inserted", store.users().insert(alice.clone()).await)?;
    must.succeed("the users are pinged after a write", store.users().ping().await)?;
    let found = must.succeed("the user is looked up", store.users().find_many(&[alice.id]).await)?;
    must.equal("the store was pinged and its one user is looked up", &vec![alice], &found)?;
    let store = store.reopen().await;
    must.succeed("the users of a reopened store are pinged", store.users().ping().await)?;
    must.succeed("the rooms of a reopened store are pinged", store.rooms().ping().await)
}
