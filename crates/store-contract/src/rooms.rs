//! The laws of the reading side of [`RoomRepo`](parlour_domain::port::RoomRepo), and of its forgetting.

use parlour_domain::port::Committed;
use parlour_domain::{DirectPair, Room, RoomCommit, RoomCursor, RoomId, Timestamp, User, UserId};

use crate::fixture::{self, Creation, at, deletion, expiry, key, micros, moved, people, uuid};
use crate::violation::Must;
use crate::{Harness, Violation};

async fn create<H: Harness>(must: Must, store: &H, creation: Creation) -> Result<Room, Violation> {
    let commit = creation.commit();
    let room = commit.parts().room.clone();
    must.succeed("a room is created", store.rooms().commit(commit).await)?;
    Ok(room)
}

async fn list<H: Harness>(
    must: Must,
    store: &H,
    (user, now): (UserId, Timestamp),
    after: Option<RoomCursor>,
    limit: u32,
) -> Result<Vec<Room>, Violation> {
    must.succeed("rooms are listed", store.rooms().list_of(user, now, after, limit).await)
}

fn ids(rooms: &[Room]) -> Vec<RoomId> {
    rooms.iter().map(Room::id).collect()
}

/// The pair has no order.
pub async fn a_direct_room_is_found_by_its_pair<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::find_direct",
        "a_direct_room_is_found_by_its_pair",
        "find the direct room of a pair, whichever of the two created it",
    );
    let [alice, bob, carol] = people();
    let by_the_lower = create(must, &store, Creation::direct(&alice, &bob)).await?;
    let by_the_higher = create(must, &store, Creation::direct(&carol, &alice)).await?;
    create(must, &store, Creation::group(&bob, std::slice::from_ref(&carol))).await?;
    create(must, &store, Creation::ephemeral(&bob, std::slice::from_ref(&carol), None, 60)).await?;
    for (one, other, room) in
        [(&alice, &bob, Some(by_the_lower)), (&carol, &alice, Some(by_the_higher)), (&bob, &carol, None)]
    {
        for pair in [DirectPair::new(one.id, other.id), DirectPair::new(other.id, one.id)] {
            let found = must.succeed("a pair is looked up", store.rooms().find_direct(pair).await)?;
            must.equal("a pair is looked up", &room, &found)?;
        }
    }
    Ok(())
}

/// Thirteen rooms, some with the same activity, the oldest created last, some with new activity since.
pub async fn rooms_are_listed_in_pages<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_of",
        "rooms_are_listed_in_pages",
        "list every room once over consecutive pages, newest activity first",
    );
    let [alice, bob] = people();
    let instants = [0, 5, 5, 5, 3, 3, 9, 9, 9, 9, 1, -4].map(at);
    let mut rooms = Vec::new();
    for instant in instants.into_iter().chain([micros(fixture::FIRST_INSTANT)]) {
        rooms.push(create(must, &store, Creation::group(&alice, std::slice::from_ref(&bob)).at(instant)).await?);
    }
    for (n, seconds) in [(2, 30), (7, -2), (10, 5)] {
        let change = moved(&rooms[n], &key(&n.to_string()), at(seconds));
        rooms[n] = change.parts().room.clone();
        must.succeed("a room's activity moves", store.rooms().commit(change).await)?;
    }
    rooms.sort_by_key(|room| std::cmp::Reverse(room.cursor()));
    for user in [&alice, &bob] {
        for limit in [1, 3, 13, 100] {
            let (mut listed, mut after) = (Vec::new(), None);
            for _ in 0..=rooms.len() {
                let page = list(must, &store, (user.id, at(0)), after, limit).await?;
                let is_short = u32::try_from(page.len()).is_ok_and(|length| length <= limit);
                must.hold("a page of rooms is read", is_short, &format!("at most {limit}"), &ids(&page))?;
                let Some(last) = page.last() else { break };
                after = Some(last.cursor());
                listed.extend(page);
            }
            must.equal(&format!("pages of {limit} rooms are read"), &ids(&rooms), &ids(&listed))?;
        }
    }
    Ok(())
}

/// Whoever turns a page meets what was there when they began, once.
pub async fn pages_are_stable_under_inserts<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_of",
        "pages_are_stable_under_inserts",
        "neither repeat nor skip a room when others are created between two pages",
    );
    let [alice, bob] = people();
    let group = |seconds| Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds));
    let mut first = Vec::new();
    for seconds in (0..10).map(|turn| 18 - 2 * turn) {
        first.push(create(must, &store, group(seconds)).await?);
    }
    let (mut listed, mut after) = (Vec::new(), None);
    for turn in 0..30 {
        let page = list(must, &store, (alice.id, at(0)), after, 3).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.cursor());
        listed.extend(page);
        // Newer than all, as new as the last one seen, and older than the last one seen.
        for seconds in [100 + turn, 14, if turn < 3 { 1 } else { 100 }] {
            create(must, &store, group(seconds)).await?;
        }
    }
    let mut seen = ids(&listed);
    seen.retain(|id| first.iter().any(|room| room.id() == *id));
    must.equal("rooms were created between the pages", &ids(&first), &seen)?;
    let mut each_once = ids(&listed);
    each_once.sort_unstable();
    each_once.dedup();
    must.equal("rooms were created between the pages; how many were listed", &each_once.len(), &listed.len())
}

/// Rooms of others, deleted ones and those whose time is over are not listed, nor do they fill a page.
pub async fn only_ones_own_living_rooms_are_listed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_of",
        "only_ones_own_living_rooms_are_listed",
        "leave out expired rooms and those of others",
    );
    let everyone: [User; 3] = people();
    let [alice, bob, carol] = &everyone;
    let both = std::slice::from_ref(bob);
    let oldest = create(must, &store, Creation::direct(alice, bob).at(at(0))).await?;
    let lasting = create(must, &store, Creation::ephemeral(alice, both, None, 1_000).at(at(1))).await?;
    for _ in 0..5 {
        create(must, &store, Creation::ephemeral(bob, std::slice::from_ref(alice), None, 60).at(at(2))).await?;
    }
    let others = create(must, &store, Creation::group(bob, std::slice::from_ref(carol)).at(at(3))).await?;
    let deleted = create(must, &store, Creation::group(alice, both).at(at(4))).await?;
    let end = deletion(&deleted, at(5));
    must.succeed("a room is deleted", store.rooms().commit(end).await)?;

    let before_the_end = list(must, &store, (alice.id, micros(at(62).as_micros() - 1)), None, 100).await?;
    must.equal("rooms are listed a microsecond before five of seven expire", &7, &before_the_end.len())?;
    for limit in [2, 100] {
        let listed = list(must, &store, (alice.id, at(62)), None, limit).await?;
        must.equal(
            &format!("up to {limit} are listed of 2 rooms that live"),
            &ids(&[lasting.clone(), oldest.clone()]),
            &ids(&listed),
        )?;
    }
    let listed = list(must, &store, (carol.id, at(62)), None, 100).await?;
    must.equal("the rooms of somebody else are listed", &ids(&[others]), &ids(&listed))?;
    let listed = list(must, &store, (UserId::from_uuid(uuid()), at(62)), None, 100).await?;
    must.equal("the rooms of somebody unknown are listed", &Vec::new(), &ids(&listed))
}

/// The sweep gets what is over, oldest end first, until it has removed it.
pub async fn expired_rooms_are_found_for_the_sweep<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::list_expired",
        "expired_rooms_are_found_for_the_sweep",
        "list the rooms whose time is over, the longest expired first, and leave out rooms that live",
    );
    let [alice, bob] = people();
    let both = std::slice::from_ref(&bob);
    let mut expired = Vec::new();
    for seconds in [240, 60, 300, 180, 120] {
        expired.push(create(must, &store, Creation::ephemeral(&alice, both, None, seconds)).await?);
    }
    let living = create(must, &store, Creation::ephemeral(&alice, both, None, 301)).await?;
    create(must, &store, Creation::direct(&alice, &bob)).await?;
    create(must, &store, Creation::group(&alice, both)).await?;
    expired.sort_by_key(|room| room.kind().expires_at());

    let rooms = store.rooms();
    for (limit, expected) in [(100, &expired[..]), (2, &expired[..2])] {
        let found = must.succeed("expired rooms are listed", rooms.list_expired(at(300), limit).await)?;
        must.equal(&format!("up to {limit} are listed of 5 expired rooms"), expected, &found)?;
    }
    let found = must.succeed("a living room is looked up", rooms.find(living.id()).await)?;
    must.equal("expired rooms were listed and a living one is looked up", &Some(living), &found)?;
    let found = must.succeed("an expired room is looked up", rooms.find(expired[0].id()).await)?;
    must.equal("an expired room is looked up that was not swept", &Some(expired[0].clone()), &found)?;
    for room in &expired[..2] {
        must.succeed("an expired room is removed", rooms.commit(expiry(room, at(300))).await)?;
    }
    let found = must.succeed("expired rooms are listed", rooms.list_expired(at(300), 100).await)?;
    must.equal("2 of 5 expired rooms were removed and the others are listed", &expired[2..], &found)
}

/// Forgetting takes the answers that do not count any more and nothing else.
pub async fn only_expired_answers_are_forgotten<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::forget_answers",
        "only_expired_answers_are_forgotten",
        "forget the records that have expired, leave those that expire later, and answer how many it forgot",
    );
    let [alice, bob] = people();
    let (rooms, keys) = (store.rooms(), ["a", "b", "c"].map(key));
    let keyed =
        |(seconds, key)| Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds)).keyed(key).commit();
    let commits: Vec<RoomCommit> = [0, 1, 2].into_iter().zip(&keys).map(keyed).collect();
    let first = commits[0].clone();
    let mut records = Vec::new();
    for commit in commits {
        records.extend(commit.parts().idempotency.clone());
        must.succeed("a room is created under a key", rooms.commit(commit).await)?;
    }
    let now = records[1].expires_at;
    for (when, count) in [("2 of 3 answers have expired, one at this instant", 2), ("they were forgotten before", 0)] {
        let forgotten = must.succeed("answers are forgotten", rooms.forget_answers(now).await)?;
        must.equal(when, &count, &forgotten)?;
    }
    for (key, expected) in keys.iter().zip([None, None, Some(records[2].clone())]) {
        let found = must.succeed("a key is looked up", rooms.find_answer(alice.id, key).await)?;
        must.equal("2 of 3 answers were forgotten and a key is looked up", &expected, &found)?;
    }
    let repeated = must.succeed("a commit is repeated", rooms.commit(first).await)?;
    must.equal("a commit is repeated whose answer was forgotten", &Committed::AlreadyApplied, &repeated)?;
    let again = Creation::group(&alice, std::slice::from_ref(&bob)).at(at(3)).keyed(&keys[0]).commit();
    must.succeed("a forgotten key is used again", rooms.commit(again).await)?;
    let conflicting = Creation::group(&alice, std::slice::from_ref(&bob)).at(at(3)).keyed(&keys[2]).commit();
    let refused = rooms.commit(conflicting).await;
    must.hold("a key that is remembered is used again", refused.is_err(), "Conflict", &refused)
}
