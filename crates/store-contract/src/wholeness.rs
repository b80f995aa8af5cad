//! The laws of those who look while somebody writes: they see all of it or nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parlour_domain::{RoomCommit, Seq, User};

use crate::concurrency::{ROUNDS, both, insist};
use crate::fixture::{Creation, at, key, passkey, people, session, user};
use crate::observe::{ALL, persist, traces};
use crate::violation::Must;
use crate::{Harness, Violation};

/// Whoever sees the room finds its entries, and whoever sees an entry finds the room.
pub async fn a_commit_is_seen_as_a_whole<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_commit_is_seen_as_a_whole",
        "write all of a commit together, so that whoever reads meanwhile finds all of it or nothing",
    );
    let store = Arc::new(store);
    for round in 0..ROUNDS {
        let [alice, bob] = people();
        let commit = Creation::direct(&alice, &bob).keyed(&key(&round.to_string())).commit();
        let is_over = Arc::new(AtomicBool::new(false));
        let (rooms, written, ended) = (store.rooms(), commit.clone(), Arc::clone(&is_over));
        let writing = async move {
            let outcome = persist(&*rooms, &written).await;
            ended.store(true, Ordering::SeqCst);
            outcome
        };
        let watched = Arc::clone(&store);
        let by_entry = round.is_multiple_of(2);
        let (outcome, seen) = both(round, writing, watch(must, watched, commit, by_entry, is_over)).await;
        must.succeed("a commit is applied while somebody reads", outcome)?;
        seen?;
    }
    Ok(())
}

/// Looks for one part of the commit on and on, and then for all others.
async fn watch<H: Harness>(
    must: Must,
    store: Arc<H>,
    commit: RoomCommit,
    by_entry: bool,
    is_over: Arc<AtomicBool>,
) -> Result<(), Violation> {
    let told = commit.parts().events[0].recipients[0];
    loop {
        // Asked first: what was over before the look has to be seen by it.
        let is_over = is_over.load(Ordering::SeqCst);
        let is_seen = if by_entry {
            let page = must.succeed("an inbox is read", store.inboxes().read(told, Seq::ZERO, ALL).await)?;
            !page.entries.is_empty()
        } else {
            let found = store.rooms().find(commit.parts().room.id()).await;
            must.succeed("a room is looked up", found)?.is_some()
        };
        if is_seen {
            let there = must.succeed("everything is looked up", traces(&*store, &commit).await)?;
            let when = format!("a commit is under way and its {} is seen", if by_entry { "entry" } else { "room" });
            return must.hold(&when, there.iter().all(|(_, is_there)| *is_there), "all of it", &there);
        }
        if is_over {
            return Err(must.broken("a commit was applied", "it is there", "nothing"));
        }
        tokio::task::yield_now().await;
    }
}

/// Whoever sees that somebody is gone finds nothing of theirs.
pub async fn a_deactivation_is_seen_as_a_whole<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::deactivate",
        "a_deactivation_is_seen_as_a_whole",
        "do all of it together, so that whoever reads meanwhile finds all of it or nothing",
    );
    let store = Arc::new(store);
    for round in 0..ROUNDS {
        let leaving = user();
        must.succeed("a user is inserted", store.users().insert(leaving.clone()).await)?;
        must.succeed("a session is inserted", store.sessions().insert(session(&leaving, at(0))).await)?;
        must.succeed("a passkey is added", store.passkeys().add(passkey(&leaving, at(0))).await)?;
        let (profiles, id) = (store.profiles(), leaving.id);
        let going = async move { insist(|| profiles.deactivate(id)).await };
        let (gone, seen) = both(round, going, watch_going(must, Arc::clone(&store), leaving)).await;
        must.succeed("a user is deactivated while somebody reads", gone)?;
        seen?;
    }
    Ok(())
}

/// Until the user is inactive; if that never came, the law would be given up as one that hangs.
async fn watch_going<H: Harness>(must: Must, store: Arc<H>, leaving: User) -> Result<(), Violation> {
    loop {
        let found = must.succeed("a user is looked up", store.users().find_many(&[leaving.id]).await)?;
        if found.iter().all(|user| user.is_active) {
            tokio::task::yield_now().await;
            continue;
        }
        let sessions = must.succeed("sessions are listed", store.sessions().list_of(leaving.id).await)?;
        let passkeys = must.succeed("passkeys are listed", store.passkeys().list_of(leaving.id).await)?;
        let when = "somebody is seen to be gone; their sessions and passkeys";
        return must.equal(when, &(0, 0), &(sessions.len(), passkeys.len()));
    }
}
