//! The laws of the smallest and the largest that can be asked for.

use parlour_domain::port::Committed;
use parlour_domain::{Room, RoomCursor, RoomId, Seq, User, UserId};
use uuid::Uuid;

use crate::fixture::{self, Creation, at, crowd, deletion, micros, people};
use crate::observe::{ALL, beginning};
use crate::violation::Must;
use crate::{Harness, Violation};

/// More than the API ever asks for at once, which is 100 and one to see whether there are more.
const MANY: u32 = 120;
/// Nothing, one, as many as the API asks for, as many as there are, and without a bound.
const LIMITS: [u32; 6] = [0, 1, 100, 101, MANY, u32::MAX];

/// Whatever the limit is, a page has that many, or all that there are.
pub async fn pages_are_as_long_as_asked_for<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::list, RoomRepo::list_of, RoomRepo::list_expired, InboxRepo::read",
        "pages_are_as_long_as_asked_for",
        "answer as many as there are up to the limit, whatever it is",
    );
    let (users, rooms, inboxes) = (store.users(), store.rooms(), store.inboxes());
    let everyone = crowd(MANY as usize);
    for one in &everyone {
        must.succeed("a user is inserted", users.insert(one.clone()).await)?;
    }
    let (alice, bob) = (&everyone[0], &everyone[1]);
    for _ in 0..MANY {
        let creation = Creation::ephemeral(alice, std::slice::from_ref(bob), None, 60).commit();
        must.succeed("a room is created", rooms.commit(creation).await)?;
    }
    for limit in LIMITS {
        let expected = limit.min(MANY) as usize;
        let when = |of: &str| format!("up to {limit} of {MANY} {of} are asked for; how many come");
        let listed = must.succeed("the users are listed", users.list(None, limit).await)?;
        must.equal(&when("users"), &expected, &listed.len())?;
        let listed = must.succeed("rooms are listed", rooms.list_of(alice.id, at(0), None, limit).await)?;
        must.equal(&when("rooms"), &expected, &listed.len())?;
        let listed = must.succeed("expired rooms are listed", rooms.list_expired(at(60), limit).await)?;
        must.equal(&when("expired rooms"), &expected, &listed.len())?;
        let page = must.succeed("an inbox is read", inboxes.read(alice.id, Seq::ZERO, limit).await)?;
        must.equal(&when("inbox entries"), &expected, &page.entries.len())?;
        must.equal(&when("inbox entries; the head"), &u64::from(MANY), &page.head.get())?;
    }
    Ok(())
}

/// The room that a page ended with may be gone when the next page is asked for.
pub async fn a_page_goes_on_from_a_place_where_nothing_is<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_of, UserRepo::list",
        "a_page_goes_on_from_a_place_where_nothing_is",
        "take any place to go on from, also one where nothing is",
    );
    let everyone: [User; 4] = people();
    let [alice, bob, unknown, carol] = &everyone;
    for one in [alice, bob, carol] {
        must.succeed("a user is inserted", store.users().insert(one.clone()).await)?;
    }
    for (after, expected) in [
        (Uuid::nil(), vec![alice.clone(), bob.clone(), carol.clone()]),
        (unknown.id.as_uuid(), vec![carol.clone()]),
        (Uuid::max(), Vec::new()),
    ] {
        let listed = store.users().list(Some(UserId::from_uuid(after)), 10).await;
        let listed = must.succeed("the users after an id of nobody are listed", listed)?;
        must.equal(&format!("the users after {after}, an id of nobody, are listed"), &expected, &listed)?;
    }

    let mut rooms: Vec<Room> = Vec::new();
    for seconds in [3, 2, 2, 2, 1] {
        let creation = Creation::group(alice, std::slice::from_ref(bob)).at(at(seconds)).commit();
        rooms.push(creation.parts().room.clone());
        must.succeed("a room is created", store.rooms().commit(creation).await)?;
    }
    rooms.sort_by_key(|room| std::cmp::Reverse(room.cursor()));
    let gone = rooms.remove(2);
    must.succeed("a room is deleted", store.rooms().commit(deletion(&gone, at(4))).await)?;
    let cursor = |instant, id| RoomCursor { updated_at: micros(instant), room_id: RoomId::from_uuid(id) };
    for (when, after, left) in [
        ("a room that is gone since", gone.cursor(), 2),
        ("the newest place there can be", cursor(fixture::LAST_INSTANT, Uuid::max()), 0),
        ("the highest id of an instant", cursor(at(2).as_micros(), Uuid::max()), 1),
        ("the lowest id of an instant", cursor(at(2).as_micros(), Uuid::nil()), 3),
        ("the oldest place there can be", cursor(fixture::FIRST_INSTANT, Uuid::nil()), 4),
    ] {
        let listed = store.rooms().list_of(alice.id, beginning(), Some(after), ALL).await;
        let listed = must.succeed("the rooms after a place where nothing is are listed", listed)?;
        must.equal(&format!("the rooms after {when} are listed"), &rooms[left..], &listed)?;
    }
    Ok(())
}

/// A client may say that it has seen whatever it likes.
pub async fn a_place_of_any_number_is_answered<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "InboxRepo::read",
        "a_place_of_any_number_is_answered",
        "take any place, up to the largest number, and answer no entry after the head",
    );
    let [alice, bob] = people();
    for _ in 0..3 {
        let creation = Creation::group(&alice, std::slice::from_ref(&bob)).commit();
        must.succeed("a room is created", store.rooms().commit(creation).await)?;
    }
    let largest_signed = u64::try_from(i64::MAX).unwrap_or_default();
    for since in [4, u64::from(u32::MAX), largest_signed, largest_signed + 1, u64::MAX - 1, u64::MAX] {
        let when = format!("an inbox of 3 entries is read from {since} on");
        let page = must.succeed(&when, store.inboxes().read(alice.id, Seq::new(since), ALL).await)?;
        must.equal(&format!("{when}; the number of entries"), &0, &page.entries.len())?;
        must.equal(&format!("{when}; the head"), &Seq::new(3), &page.head)?;
    }
    Ok(())
}

/// The largest room there can be: everyone in it is told of its beginning and of its end, and finds it.
pub async fn a_commit_reaches_everyone_in_the_largest_room<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_commit_reaches_everyone_in_the_largest_room",
        "write an inbox entry for each of up to 256 recipients and answer all of them",
    );
    let everyone = crowd(256);
    let creation = Creation::named_group(&everyone[0], &everyone[1..], "Everyone").commit();
    let room = creation.parts().room.clone();
    for (when, commit) in [("created", creation), ("deleted", deletion(&room, at(1)))] {
        let event = commit.parts().events.first().map(|outgoing| outgoing.event.id);
        let when = format!("a room of 256 people is {when}");
        let answer = must.succeed(&when, store.rooms().commit(commit).await)?;
        let told = match answer {
            Committed::Applied(entries) => entries,
            Committed::AlreadyApplied => Vec::new(),
        };
        let mut recipients: Vec<UserId> = told.iter().map(|entry| entry.recipient).collect();
        recipients.sort_unstable();
        let ids: Vec<UserId> = everyone.iter().map(|user| user.id).collect();
        must.equal(&format!("{when}; how many entries it answers"), &ids.len(), &recipients.len())?;
        must.equal(&format!("{when}; whose entries it answers"), &ids, &recipients)?;
        for &user in &ids {
            let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
            let last = page.entries.last().map(|entry| entry.event.id);
            must.equal(&format!("{when} and the inbox of one of them is read; the newest event"), &event, &last)?;
        }
    }
    Ok(())
}
