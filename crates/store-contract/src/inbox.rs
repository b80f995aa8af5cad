//! The laws of [`InboxRepo`](parlour_domain::port::InboxRepo).

use std::collections::BTreeSet;

use parlour_domain::{InboxEntry, Room, Seq, Timestamp, User, UserId};

use crate::fixture::{Creation, at, deletion, people, uuid};
use crate::observe::ALL;
use crate::violation::Must;
use crate::{Harness, Violation};

/// Gives both of them one entry whose event is of that instant.
async fn tell<H: Harness>(must: Must, store: &H, one: &User, other: &User, at: Timestamp) -> Result<Room, Violation> {
    let commit = Creation::group(one, std::slice::from_ref(other)).at(at).commit();
    let room = commit.parts().room.clone();
    must.succeed("a room is created", store.rooms().commit(commit).await)?;
    Ok(room)
}

fn places(entries: &[InboxEntry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.get()).collect()
}

/// From any place on, as much as was asked for.
pub async fn an_inbox_is_read_from_a_place_on<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "InboxRepo::read",
        "an_inbox_is_read_from_a_place_on",
        "answer up to so many consecutive entries after the place, in ascending order, with the head",
    );
    let [alice, bob, carol] = people();
    let mut rooms = Vec::new();
    for seconds in [5, 4, 3, 9, 9, 1, 0, 8, 2, 6, 7, 7] {
        rooms.push(tell(must, &store, &alice, &bob, at(seconds)).await?.id());
        tell(must, &store, &bob, &carol, at(seconds)).await?;
    }
    let end = rooms.len() as u64;
    for (since, limit) in [(0, 100), (0, 12), (0, 5), (5, 5), (10, 5), (11, 1), (12, 5), (13, 5), (1_000, 5), (3, 1)] {
        let when = format!("up to {limit} of 12 entries are read from {since} on");
        let page = must.succeed(&when, store.inboxes().read(alice.id, Seq::new(since), limit).await)?;
        let expected: Vec<u64> = (since + 1..=end.min(since + u64::from(limit))).collect();
        must.equal(&when, &expected, &places(&page.entries))?;
        must.equal(&format!("{when}; head and forgotten"), &(Seq::new(end), Seq::ZERO), &(page.head, page.forgotten))?;
        for entry in page.entries {
            let expected = usize::try_from(entry.seq.get() - 1).ok().and_then(|index| rooms.get(index));
            must.equal(&when, &(Some(&entry.event.room_id), alice.id), &(expected, entry.recipient))?;
        }
    }
    let nobody = UserId::from_uuid(uuid());
    let page = must.succeed("an inbox is read", store.inboxes().read(nobody, Seq::ZERO, 5).await)?;
    let seen = (page.entries.len(), page.head, page.forgotten);
    must.equal("an inbox is read that never had an entry", &(0, Seq::ZERO, Seq::ZERO), &seen)
}

/// A node asks how far all of its connected users are.
pub async fn heads_of_many_inboxes_are_read_at_once<H: Harness>(store: H) -> Result<(), Violation> {
    const MANY: usize = 1_000;
    let must = Must::of(
        "InboxRepo::heads",
        "heads_of_many_inboxes_are_read_at_once",
        "answer the heads of those who ever had an entry, and bear many users",
    );
    let everyone: [User; 12] = people();
    let mut expected = BTreeSet::new();
    for (n, pair) in everyone.chunks(2).enumerate() {
        for _ in 0..=n {
            tell(must, &store, &pair[0], &pair[1], at(0)).await?;
        }
        expected.extend(pair.iter().map(|user| (user.id, Seq::new(n as u64 + 1))));
    }
    let room = tell(must, &store, &everyone[0], &everyone[1], at(0)).await?;
    must.succeed("a room is deleted", store.rooms().commit(deletion(&room, at(1))).await)?;
    for user in &everyone[..2] {
        expected.remove(&(user.id, Seq::new(1)));
        expected.insert((user.id, Seq::new(3)));
    }
    let mut asked: Vec<UserId> = everyone.iter().map(|user| user.id).collect();
    for number in [asked.len(), MANY, 3 * MANY] {
        asked.splice(0..0, (asked.len()..number).map(|_| UserId::from_uuid(uuid())));
        let heads = must.succeed("heads are read", store.inboxes().heads(&asked).await)?;
        let when = format!("the heads of {number} users are read, of whom 12 have entries");
        must.equal(&format!("{when}; their number"), &expected.len(), &heads.len())?;
        must.equal(&when, &expected, &heads.into_iter().collect())?;
    }
    let heads = must.succeed("heads are read", store.inboxes().heads(&asked[MANY..][..5]).await)?;
    must.equal("the heads of 5 users without entries are read", &Vec::new(), &heads)?;
    let heads = must.succeed("heads are read", store.inboxes().heads(&[]).await)?;
    must.equal("the heads of nobody are read", &Vec::new(), &heads)
}

/// What is old goes, from the old end on; places are never used again.
pub async fn forgetting_leaves_no_gap_and_keeps_the_head<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "InboxRepo::forget",
        "forgetting_leaves_no_gap_and_keeps_the_head",
        "forget from the old end only, keep each user's newest entry, and never use a place again",
    );
    let [alice, bob, carol, dave] = people();
    for seconds in [1, 2, 3, 4, 5] {
        tell(must, &store, &alice, &bob, at(seconds)).await?;
    }
    // The clock stepped back: the third entry is older than the second.
    for seconds in [1, 9, 2, 9] {
        tell(must, &store, &carol, &dave, at(seconds)).await?;
    }
    let inboxes = store.inboxes();
    let no_one: [u64; 0] = [];
    let steps = [
        ("nothing is old", at(1), 0, [(0, vec![1, 2, 3, 4, 5]), (0, vec![1, 2, 3, 4])]),
        (
            "2 entries of each of two users and 1 of each of two others are old",
            at(3),
            6,
            [(2, vec![3, 4, 5]), (1, vec![2, 3, 4])],
        ),
        ("what was old is forgotten", at(3), 0, [(2, vec![3, 4, 5]), (1, vec![2, 3, 4])]),
        ("everything is old", at(100), 8, [(4, vec![5]), (3, vec![4])]),
        ("everything is old and forgotten", at(100), 0, [(4, vec![5]), (3, vec![4])]),
    ];
    for (when, before, count, left) in steps {
        let forgotten = must.succeed("entries are forgotten", inboxes.forget(before).await)?;
        must.equal(&format!("{when}; how many were forgotten"), &count, &forgotten)?;
        for (users, (until, kept)) in [[&alice, &bob], [&carol, &dave]].into_iter().zip(left) {
            let head = kept.last().copied().unwrap_or_default();
            for user in users {
                let page = must.succeed("an inbox is read", inboxes.read(user.id, Seq::ZERO, ALL).await)?;
                let seen = (page.forgotten.get(), places(&page.entries), page.head.get());
                must.equal(&format!("{when}; forgotten, entries and head"), &(until, kept.clone(), head), &seen)?;
                let heads = must.succeed("a head is read", inboxes.heads(&[user.id]).await)?;
                must.equal(&format!("{when}; the head"), &vec![(user.id, Seq::new(head))], &heads)?;
                let rest = must.succeed("an inbox is read", inboxes.read(user.id, Seq::new(head), 5).await)?;
                must.equal(&format!("{when}; after the head"), &no_one[..], &places(&rest.entries))?;
            }
        }
    }
    tell(must, &store, &alice, &carol, at(101)).await?;
    for (user, expected) in [(&alice, [5, 6]), (&carol, [4, 5])] {
        let page = must.succeed("an inbox is read", inboxes.read(user.id, Seq::ZERO, ALL).await)?;
        must.equal("an entry was written after the others were forgotten", &expected[..], &places(&page.entries))?;
    }
    Ok(())
}

/// Whoever comes back after the store was restarted learns that they missed something.
pub async fn what_was_forgotten_is_known_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "InboxRepo::forget",
        "what_was_forgotten_is_known_after_reopening",
        "remember the head and up to where it forgot, and be durable before it answers",
    );
    let [alice, bob] = people();
    for seconds in [1, 2, 3] {
        tell(must, &store, &alice, &bob, at(seconds)).await?;
    }
    let forgotten = must.succeed("entries are forgotten", store.inboxes().forget(at(100)).await)?;
    must.equal("two inboxes of 3 old entries; how many were forgotten", &4, &forgotten)?;
    let store = store.reopen().await;
    for user in [&alice, &bob] {
        let page = must.succeed("an inbox is read", store.inboxes().read(user.id, Seq::ZERO, ALL).await)?;
        let seen = (page.forgotten.get(), places(&page.entries), page.head.get());
        must.equal("the store was reopened; forgotten, entries and head", &(2, vec![3], 3), &seen)?;
    }
    tell(must, &store, &alice, &bob, at(101)).await?;
    let page = must.succeed("an inbox is read", store.inboxes().read(alice.id, Seq::ZERO, ALL).await)?;
    must.equal("the store was reopened and an entry is written", &vec![3, 4], &places(&page.entries))
}
