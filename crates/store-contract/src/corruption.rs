//! The laws of rows that were damaged behind the store's back: reported, never a panic, and no harm to others.

use std::fmt::Debug;

use parlour_domain::port::ReadError;
use parlour_domain::{Room, Seq, User};

use crate::fixture::{Creation, at, passkey, people};
use crate::observe::{ALL, beginning};
use crate::violation::Must;
use crate::{Harness, Violation};

fn corrupt<T: Debug>(must: Must, when: &str, outcome: &Result<T, ReadError>) -> Result<(), Violation> {
    must.hold(when, matches!(outcome, Err(ReadError::Corrupt(_))), "Corrupt", outcome)
}

/// One bad user is reported, and the others are there.
pub async fn a_poisoned_user_is_corrupt<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::find_many",
        "a_poisoned_user_is_corrupt",
        "report a row that no longer parses as ReadError::Corrupt",
    );
    let everyone: [User; 3] = people();
    let [alice, bob, carol] = &everyone;
    let users = store.users();
    for one in &everyone {
        must.succeed("a user is inserted", users.insert(one.clone()).await)?;
    }
    store.poison_user(bob.id).await;
    for ids in [vec![bob.id], vec![alice.id, bob.id, carol.id]] {
        corrupt(must, "a poisoned user is looked up by id", &users.find_many(&ids).await)?;
    }
    corrupt(must, "users are listed, one of them poisoned", &users.list(None, 10).await)?;
    let by_name = users.find_by_username(&bob.username).await;
    must.hold("a poisoned user is looked up by name", !matches!(by_name, Ok(Some(_))), "Corrupt", &by_name)?;
    let found = must.succeed("other users are looked up", users.find_many(&[alice.id]).await)?;
    must.equal("another user is looked up", std::slice::from_ref(alice), &found)?;
    let found = must.succeed("other users are looked up", users.find_by_username(&carol.username).await)?;
    must.equal("another user is looked up by name", &Some(carol.clone()), &found)
}

/// One bad passkey is reported, and the others are there.
pub async fn a_poisoned_passkey_is_corrupt<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::find",
        "a_poisoned_passkey_is_corrupt",
        "report a row that no longer parses as ReadError::Corrupt",
    );
    let [alice, bob] = people();
    let (good, bad, of_bob) = (passkey(&alice, at(0)), passkey(&alice, at(1)), passkey(&bob, at(2)));
    for user in [&alice, &bob] {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    for one in [&good, &bad, &of_bob] {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    store.poison_passkey(&bad.id).await;
    corrupt(must, "a poisoned passkey is looked up", &store.passkeys().find(&bad.id).await)?;
    let listed = store.passkeys().list_of(alice.id).await;
    corrupt(must, "passkeys are listed, one of them poisoned", &listed)?;
    let found = must.succeed("another passkey is looked up", store.passkeys().find(&good.id).await)?;
    must.equal("another passkey is looked up", &Some(good), &found)?;
    let listed = must.succeed("somebody else's passkeys are listed", store.passkeys().list_of(bob.id).await)?;
    must.equal("somebody else's passkeys are listed", &vec![of_bob], &listed)
}

/// One bad room is reported, and the others are there.
pub async fn a_poisoned_room_is_corrupt<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::find",
        "a_poisoned_room_is_corrupt",
        "report a row that no longer parses as ReadError::Corrupt",
    );
    let [alice, bob, carol] = people();
    let mut rooms: Vec<Room> = Vec::new();
    for creation in [Creation::direct(&alice, &bob), Creation::direct(&carol, &bob)] {
        let commit = creation.commit();
        rooms.push(commit.parts().room.clone());
        must.succeed("a room is created", store.rooms().commit(commit).await)?;
    }
    store.poison_room(rooms[0].id()).await;
    corrupt(must, "a poisoned room is looked up", &store.rooms().find(rooms[0].id()).await)?;
    if let Some(pair) = rooms[0].direct_pair() {
        corrupt(must, "a poisoned room is looked up by its pair", &store.rooms().find_direct(pair).await)?;
    }
    for user in [&alice, &bob] {
        let listed = store.rooms().list_of(user.id, beginning(), None, 10).await;
        corrupt(must, "rooms are listed, one of them poisoned", &listed)?;
    }
    let found = must.succeed("another room is looked up", store.rooms().find(rooms[1].id()).await)?;
    must.equal("another room is looked up", &Some(rooms[1].clone()), &found)?;
    let listed = store.rooms().list_of(carol.id, beginning(), None, 10).await;
    let listed = must.succeed("somebody else's rooms are listed", listed)?;
    must.equal("somebody else's rooms are listed", &rooms[1..], &listed)?;
    a_poisoned_room_does_not_hold_up_the_sweep(&store).await
}

async fn a_poisoned_room_does_not_hold_up_the_sweep<H: Harness>(store: &H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_expired",
        "a_poisoned_room_is_corrupt",
        "pass over a row that no longer parses, so that it does not keep the others from being swept",
    );
    let [alice, bob] = people();
    let mut expired: Vec<Room> = Vec::new();
    for seconds in [60, 90] {
        let commit = Creation::ephemeral(&alice, std::slice::from_ref(&bob), None, seconds).at(at(0)).commit();
        expired.push(commit.parts().room.clone());
        must.succeed("an ephemeral room is created", store.rooms().commit(commit).await)?;
    }
    store.poison_room(expired[0].id()).await;
    let found = store.rooms().list_expired(at(100), 10).await;
    let found = must.succeed("expired rooms are listed, the first of them poisoned", found)?;
    must.equal("expired rooms are listed, the first of them poisoned", &expired[1..], &found)
}

/// One bad entry is reported, and those after it are there.
pub async fn a_poisoned_entry_is_corrupt<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "InboxRepo::read",
        "a_poisoned_entry_is_corrupt",
        "report a row that no longer parses as ReadError::Corrupt",
    );
    let [alice, bob] = people();
    for seconds in 0..3 {
        let commit = Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds)).commit();
        must.succeed("a room is created", store.rooms().commit(commit).await)?;
    }
    store.poison_entry(alice.id, Seq::new(2)).await;
    for since in [0, 1] {
        let page = store.inboxes().read(alice.id, Seq::new(since), ALL).await;
        corrupt(must, "an inbox is read, one of its entries poisoned", &page)?;
    }
    let page = must.succeed("the rest is read", store.inboxes().read(alice.id, Seq::new(2), ALL).await)?;
    must.equal("the entries after the poisoned one are read; their number", &1, &page.entries.len())?;
    must.equal("the entries after the poisoned one are read; the head", &Seq::new(3), &page.head)
}
