//! The laws that what goes into the room store comes out unchanged.

use std::collections::BTreeSet;

use parlour_domain::{Fate, Role, Room, RoomCommit, RoomEvent, RoomKind, Seq, User, UserId};

use crate::fixture::{
    self, Creation, answered, at, crowd, deletion, expiry, joined, key, left, micros, moved, people, promoted, removed,
    renamed,
};
use crate::observe::{ALL, beginning, concerned};
use crate::violation::Must;
use crate::{Harness, Violation};

const LONGEST_LIFE: i64 = 30 * 24 * 60 * 60;

/// The largest and the oddest rooms there can be, and small ones.
fn creations() -> Vec<Creation> {
    let [alice, bob, carol] = people();
    let everyone = crowd(256);
    let (owner, invited) = (&everyone[200], [&everyone[..200], &everyone[201..]].concat());
    let longest_name = "🦊\u{301}".repeat(50);
    let others: [User; 2] = [bob.clone(), carol.clone()];
    vec![
        Creation::direct(&alice, &bob),
        Creation::direct(&carol, &alice).at(micros(fixture::FIRST_INSTANT)),
        Creation::direct(&carol, &bob).at(micros(fixture::LAST_INSTANT)),
        Creation::group(&bob, std::slice::from_ref(&alice)).at(micros(-1)),
        Creation::named_group(&alice, &others, "Robert'); -- \\ \" %_ ${x} \u{feff}é"),
        Creation::named_group(owner, &invited, &longest_name).at(micros(fixture::LAST_INSTANT)),
        Creation::ephemeral(&alice, &others, None, 60),
        Creation::ephemeral(owner, &invited[..9], Some(&longest_name), LONGEST_LIFE),
        Creation::ephemeral(&carol, &others[..1], Some("0"), 60).at(micros(fixture::LAST_INSTANT)),
    ]
}

async fn create<H: Harness>(must: Must, store: &H, creations: &[Creation]) -> Result<Vec<RoomCommit>, Violation> {
    let commits: Vec<RoomCommit> = creations.iter().map(Creation::commit).collect();
    for commit in &commits {
        must.succeed("a room is created", store.rooms().commit(commit.clone()).await)?;
    }
    Ok(commits)
}

async fn compare<H: Harness>(must: Must, store: &H, room: &Room) -> Result<(), Violation> {
    let expected = Some(room.clone());
    let found = must.succeed("a room is looked up", store.rooms().find(room.id()).await)?;
    must.equal("the room is looked up by id", &expected, &found)?;
    if let Some(pair) = room.direct_pair() {
        let found = must.succeed("a room is looked up by its pair", store.rooms().find_direct(pair).await)?;
        must.equal("the room is looked up by its pair", &expected, &found)?;
    }
    let user = room.created_by();
    let listed = must.succeed("the rooms are listed", store.rooms().list_of(user, beginning(), None, ALL).await)?;
    let listed = listed.into_iter().find(|listed| listed.id() == room.id());
    must.equal("the room is looked for among its creator's rooms", &expected, &listed)
}

/// Every kind of room, 256 people, the longest names, the first and the last instant.
pub async fn a_room_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("RoomRepo::commit", "a_room_comes_back_as_it_went_in", "keep every field unchanged");
    let creations = creations();
    for commit in create(must, &store, &creations).await? {
        compare(must, &store, &commit.parts().room).await?;
        let change = moved(&commit.parts().room, &key(&commit.parts().room.id().to_string()), at(7));
        must.succeed("the room is changed", store.rooms().commit(change.clone()).await)?;
        compare(must, &store, &change.parts().room).await?;
    }
    let end_of_time = micros(fixture::LAST_INSTANT);
    let expired = must.succeed("expired rooms are listed", store.rooms().list_expired(end_of_time, ALL).await)?;
    for room in expired {
        compare(must, &store, &room).await?;
    }
    Ok(())
}

/// Somebody rises, is removed and comes back; the room gets another name, another owner, and loses its first one.
fn changes(creation: &Creation, room: &Room) -> Vec<RoomCommit> {
    let (first, last) = (&creation.invited()[0], &creation.invited()[creation.invited().len() - 1]);
    let mut commits = vec![promoted(room, last, Role::Admin, at(1))];
    let mut then = |change: &dyn Fn(&Room) -> RoomCommit| {
        let next = change(&commits[commits.len() - 1].parts().room);
        commits.push(next);
    };
    then(&|room| removed(room, last, at(2)));
    then(&|room| joined(room, last, Role::Member, at(3)));
    then(&|room| renamed(room, Some(&"\u{10ffff}\u{301}".repeat(50)), creation.invited(), at(4)));
    then(&|room| renamed(room, None, creation.invited(), micros(fixture::LAST_INSTANT)));
    then(&|room| promoted(room, first, Role::Owner, at(5)));
    then(&|room| left(room, first, at(6)));
    commits
}

/// Of every kind of event and of every kind of room: each recipient reads what was committed.
pub async fn every_kind_of_event_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must =
        Must::of("InboxRepo::read", "every_kind_of_event_comes_back_as_it_went_in", "keep every event unchanged");
    let creations = creations();
    let created = create(must, &store, &creations).await?;
    let mut told = created.clone();
    for (creation, commit) in creations.iter().zip(&created) {
        let mut room = &commit.parts().room;
        let changes = if room.kind() == RoomKind::Group { changes(creation, room) } else { Vec::new() };
        for change in &changes {
            must.succeed("a group is changed", store.rooms().commit(change.clone()).await)?;
            room = &change.parts().room;
        }
        let is_gone = changes.last().is_some_and(|last| last.parts().fate == Fate::Gone);
        told.extend_from_slice(&changes);
        if is_gone {
            continue;
        }
        let end = match room.kind().expires_at() {
            Some(end) => expiry(room, end),
            None => deletion(room, micros(-3)),
        };
        must.succeed("a room is removed", store.rooms().commit(end.clone()).await)?;
        told.push(end);
    }
    // The ends of each room's list are enough: between them are people to whom the same is told.
    let ends = |commit: &RoomCommit| {
        let everyone = concerned(commit);
        everyone.first().into_iter().chain(everyone.last()).copied().collect::<Vec<_>>()
    };
    for user in told.iter().flat_map(ends).collect::<BTreeSet<UserId>>() {
        let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
        let told = told.iter().flat_map(|commit| &commit.parts().events);
        let own = told.filter(|outgoing| outgoing.recipients.contains(&user));
        let expected: Vec<&RoomEvent> = own.map(|outgoing| &*outgoing.event).collect();
        let seen: Vec<&RoomEvent> = page.entries.iter().map(|entry| &*entry.event).collect();
        let when = "rooms were created, changed and removed and an inbox is read";
        // Short where only the order is wrong.
        let ids = |events: &[&RoomEvent]| events.iter().map(|event| event.id).collect::<Vec<_>>();
        must.equal(&format!("{when}; which events, in which order"), &ids(&expected), &ids(&seen))?;
        must.equal(when, &expected, &seen)?;
    }
    Ok(())
}

/// Each caller has their own keys, whose case matters.
pub async fn an_answer_is_remembered_per_caller<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::find_answer",
        "an_answer_is_remembered_per_caller",
        "find the record with every field unchanged, and no other caller's",
    );
    let longest = key(&"~aZ!%_'\"\\".repeat(28)[..252]);
    let short = ["key", "Key", "key%", "key_", "keys", "'", "--"].map(key);
    let keys: Vec<_> = short.into_iter().chain([longest, key(&"k".repeat(255))]).collect();
    let mut commits: Vec<_> = creations().into_iter().zip(&keys).map(|(one, key)| one.keyed(key).commit()).collect();
    for commit in &commits {
        must.succeed("a room is created under a key", store.rooms().commit(commit.clone()).await)?;
    }
    let again = answered(&commits[0].parts().room, &key("again"), at(1));
    must.succeed("a request for a room that exists is answered", store.rooms().commit(again.clone()).await)?;
    commits.push(again);
    let others = ["again", "KEY", "k"].map(key);
    let records: Vec<_> = commits.iter().filter_map(|commit| commit.parts().idempotency.clone()).collect();
    for caller in records.iter().map(|record| record.caller).chain(people::<1>().map(|user| user.id)) {
        for key in keys.iter().chain(&others) {
            let expected = records.iter().find(|record| record.caller == caller && record.key == *key);
            let found = must.succeed("a key is looked up", store.rooms().find_answer(caller, key).await)?;
            must.equal(&format!("the key {key} of {caller} is looked up"), &expected.cloned(), &found)?;
        }
    }
    Ok(())
}
