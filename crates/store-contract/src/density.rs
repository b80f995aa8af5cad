//! The law of inboxes that many write to and read from at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parlour_domain::port::{CommitError, Committed, InboxRepo, RoomRepo};
use parlour_domain::{EventId, InboxEntry, InboxPage, RoomCommit, Seq, User, UserId};

use crate::concurrency::at_once;
use crate::fixture::{Creation, at, deletion, people};
use crate::observe::{ALL, persist};
use crate::violation::Must;
use crate::{Harness, Violation};

/// A prime, so that no step from one to the next comes back to where it began.
const PEOPLE: usize = 7;
const WRITERS: usize = 8;
const ROOMS_OF_A_WRITER: usize = 8;
const READERS: usize = 2;
const PAGE: u32 = 7;

/// Sixty-four rooms are created, and half of them deleted, by eight writers with overlapping participants, while two
/// readers follow every inbox.
pub async fn inboxes_stay_dense_under_concurrency<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit, InboxRepo::read",
        "inboxes_stay_dense_under_concurrency",
        "number each user's entries 1, 2, 3 and never show an entry whose predecessor is yet to appear",
    );
    let everyone: [User; PEOPLE] = people();
    let ids: Vec<UserId> = everyone.iter().map(|user| user.id).collect();
    let is_over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> =
        (0..READERS).map(|_| tokio::spawn(follow(must, store.inboxes(), ids.clone(), Arc::clone(&is_over)))).collect();
    let writers = (0..WRITERS).map(|writer| write(must, store.rooms(), everyone.clone(), writer)).collect();
    let written = at_once(writers).await;
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        match reader.await {
            Ok(followed) => followed?,
            Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
        }
    }
    let mut events = BTreeMap::<UserId, Vec<EventId>>::new();
    let mut answered = BTreeMap::<UserId, Vec<InboxEntry>>::new();
    for outcome in written {
        for (commit, entries) in outcome? {
            for outgoing in &commit.parts().events {
                for &user in &outgoing.recipients {
                    events.entry(user).or_default().push(outgoing.event.id);
                }
            }
            for entry in entries {
                answered.entry(entry.recipient).or_default().push(entry);
            }
        }
    }
    for user in ids {
        let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
        let told = events.remove(&user).unwrap_or_default();
        let last = consecutive(must, user, Seq::ZERO, &page)?;
        must.equal("all writers are done; how many entries there are", &count(&told), &last)?;
        must.equal("all writers are done; the head", &last, &page.head)?;
        let mut seen: Vec<EventId> = page.entries.iter().map(|entry| entry.event.id).collect();
        seen.sort_unstable();
        let mut told = told;
        told.sort_unstable();
        must.equal("all writers are done; the events of an inbox", &told, &seen)?;
        let mut answers = answered.remove(&user).unwrap_or_default();
        answers.sort_by_key(|entry| entry.seq);
        must.equal("all writers are done; what they were answered", &answers, &page.entries)?;
    }
    Ok(())
}

fn count(events: &[EventId]) -> Seq {
    events.iter().fold(Seq::ZERO, |seq, _| seq.next())
}

type Written = Vec<(RoomCommit, Vec<InboxEntry>)>;

async fn write(
    must: Must,
    rooms: Arc<dyn RoomRepo>,
    everyone: [User; PEOPLE],
    writer: usize,
) -> Result<Written, Violation> {
    let mut written = Vec::new();
    for turn in 0..ROOMS_OF_A_WRITER {
        let creator = &everyone[(writer + turn) % PEOPLE];
        let invited: Vec<User> = (1..2 + (writer + turn) % 3)
            .map(|step| everyone[(writer + turn + step * (1 + writer % 2)) % PEOPLE].clone())
            .collect();
        let creation = Creation::group(creator, &invited).commit();
        let room = creation.parts().room.clone();
        let then = (turn % 2 == 1).then(|| deletion(&room, at(1)));
        for commit in [creation].into_iter().chain(then) {
            let outcome = persist(&*rooms, &commit).await;
            written.push((commit, entries(must, outcome)?));
        }
    }
    Ok(written)
}

fn entries(must: Must, outcome: Result<Committed, CommitError>) -> Result<Vec<InboxEntry>, Violation> {
    match must.succeed("a commit is applied that nothing stands against", outcome)? {
        Committed::Applied(entries) => Ok(entries),
        Committed::AlreadyApplied => Err(must.broken("a new commit is applied", "Applied", "AlreadyApplied")),
    }
}

/// Reads on and on, as a client does that has seen everything up to some place.
async fn follow(
    must: Must,
    inboxes: Arc<dyn InboxRepo>,
    users: Vec<UserId>,
    is_over: Arc<AtomicBool>,
) -> Result<(), Violation> {
    let mut places: BTreeMap<UserId, (Seq, Seq)> = users.into_iter().map(|user| (user, Default::default())).collect();
    while !is_over.load(Ordering::Relaxed) {
        for (&user, (seen, head)) in &mut places {
            let page = must.succeed("an inbox is read", inboxes.read(user, *seen, PAGE).await)?;
            *seen = consecutive(must, user, *seen, &page)?;
            must.hold("an inbox is read while others write; the head", page.head >= *seen, "no older one", &page)?;
            must.hold("an inbox is read while others write; the head", page.head >= *head, "no step back", &page)?;
            *head = page.head;
        }
        let heads = inboxes.heads(&places.keys().copied().collect::<Vec<_>>()).await;
        for (user, head) in must.succeed("heads are read", heads)? {
            let seen = places.get(&user).map(|place| place.1);
            must.hold("heads are read while others write", Some(head) >= seen, "no step back", &(user, head))?;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// The place of the last entry, given that all entries are of that user and follow each other from `since` on.
fn consecutive(must: Must, user: UserId, since: Seq, page: &InboxPage) -> Result<Seq, Violation> {
    let mut last = since;
    for entry in &page.entries {
        let follows = entry.seq == last.next() && entry.recipient == user;
        let expected = format!("the entry {} of {user}", last.next());
        must.hold("an inbox is read while others write", follows, &expected, &(entry.recipient, entry.seq))?;
        last = entry.seq;
    }
    Ok(last)
}
