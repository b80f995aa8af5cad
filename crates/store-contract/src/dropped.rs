//! The law of callers who go away in the middle of a commit.

use std::task::Poll;

use parlour_domain::{RoomCommit, Seq};

use crate::fixture::{Creation, at, deletion, key, people};
use crate::observe::{ALL, Traces, persist, traces};
use crate::violation::Must;
use crate::{Harness, Violation};

/// No store known answers a commit only after so many polls.
const MOST_POLLS: usize = 48;
/// How many other commits have to be applied before a half-done one is held to be left so.
const PATIENCE: usize = 64;

/// Polls a future, each time when it has asked for it, and drops it after so many polls.
pub(crate) async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A client hangs up at every possible moment of a creation and of a deletion.
pub async fn a_dropped_commit_is_whole_or_absent<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_dropped_commit_is_whole_or_absent",
        "write everything or nothing, also when the caller drops the future",
    );
    for polls in 0..MOST_POLLS {
        let [alice, bob, carol] = people();
        let creation = match polls % 2 {
            0 => Creation::direct(&alice, &bob).keyed(&key("key")).commit(),
            _ => Creation::named_group(&alice, &[bob, carol], "Tea").keyed(&key("key")).commit(),
        };
        let is_created = drop_one(must, &store, polls, &creation).await?;
        let is_deleted = drop_one(must, &store, polls, &deletion(&creation.parts().room, at(1))).await?;
        if is_created && is_deleted {
            break;
        }
    }
    Ok(())
}

/// Drops one commit after so many polls, and answers whether it was done by then.
async fn drop_one<H: Harness>(must: Must, store: &H, polls: usize, commit: &RoomCommit) -> Result<bool, Violation> {
    let rooms = store.rooms();
    let outcome = dropped_after(polls, rooms.commit(commit.clone())).await;
    let is_done = outcome.is_some();
    if let Some(outcome) = outcome {
        must.succeed("a commit is applied that nothing stands against", outcome)?;
    }
    whole_or_absent(must, store, commit).await?;
    must.succeed("the dropped commit is repeated", persist(&*rooms, commit).await)?;
    let traces = must.succeed("everything is looked up", traces(store, commit).await)?;
    let is_whole = traces.iter().all(|(_, is_there)| *is_there);
    must.hold("a dropped commit was repeated; what is there of it", is_whole, "all of it", &traces)?;
    for outgoing in &commit.parts().events {
        for &user in &outgoing.recipients {
            let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
            let times = page.entries.iter().filter(|entry| entry.event.id == outgoing.event.id).count();
            must.equal("a dropped commit was repeated; how often an inbox has its event", &1, &times)?;
        }
    }
    Ok(is_done)
}

/// What was dropped may still be going on, and looking takes many reads: what is half there has to become whole while
/// other commits of the same store come and go.
async fn whole_or_absent<H: Harness>(must: Must, store: &H, commit: &RoomCommit) -> Result<(), Violation> {
    let mut seen = Traces::new();
    for _ in 0..PATIENCE {
        seen = must.succeed("everything is looked up", traces(store, commit).await)?;
        let there = seen.iter().filter(|(_, is_there)| *is_there).count();
        if there == 0 || there == seen.len() {
            return Ok(());
        }
        let [one, other] = people();
        let bystander = Creation::direct(&one, &other).commit();
        must.succeed("a bystander commits", persist(&*store.rooms(), &bystander).await)?;
    }
    Err(must.broken("a commit was dropped; what is there of it", "all of it or nothing", format!("{seen:?}")))
}
