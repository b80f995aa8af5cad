//! Creations that wait together are written together, and each is decided by itself all the same.

#![expect(clippy::unwrap_used, reason = "a helper of the tests")]

use parlour_domain::port::{CommitError, Committed, InboxRepo, ReadError, RoomRepo};
use parlour_domain::{RoomCommit, Seq};
use parlour_store_contract::fixture::{Creation, key, people};
use parlour_store_surrealdb::SurrealStore;

async fn at_once(store: &SurrealStore, commits: &[RoomCommit]) -> Vec<Result<Committed, CommitError>> {
    let running: Vec<_> = commits
        .iter()
        .map(|commit| {
            let (store, commit) = (store.clone(), commit.clone());
            tokio::spawn(async move { store.commit(commit).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for one in running {
        outcomes.push(one.await.unwrap());
    }
    outcomes
}

// On one thread all but the first are in line before the first is done.
#[tokio::test]
async fn of_creations_that_waited_together_each_is_decided_by_itself() {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let [alice, bob, carol] = people();
    let keyed = || Creation::group(&carol, &[alice.clone(), bob.clone()]).keyed(&key("tea")).commit();
    let twice = Creation::group(&bob, std::slice::from_ref(&carol)).commit();
    let commits = [
        Creation::group(&alice, std::slice::from_ref(&bob)).commit(),
        Creation::direct(&alice, &bob).commit(),
        Creation::direct(&bob, &alice).commit(),
        keyed(),
        twice.clone(),
        keyed(),
        twice,
        Creation::direct(&carol, &alice).commit(),
    ];
    let mut told = 0;
    let mut outcomes = Vec::new();
    for (commit, outcome) in commits.iter().zip(at_once(&store, &commits).await) {
        let is_there = store.find(commit.parts().room.id()).await.unwrap().is_some();
        outcomes.push(match outcome {
            Ok(Committed::Applied(entries)) => {
                assert_eq!(entries.len(), commit.recipients().len());
                told += entries.iter().filter(|entry| entry.recipient == alice.id).count();
                assert!(is_there);
                "applied"
            }
            Ok(Committed::AlreadyApplied) => "before",
            Err(CommitError::Conflict) => {
                assert!(!is_there);
                "conflict"
            }
            Err(other) => panic!("{other:?}"),
        });
    }
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["applied", "applied", "applied", "applied", "applied", "before", "conflict", "conflict"]);
    let page = store.read(alice.id, Seq::ZERO, 99).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|entry| entry.seq.get()).collect();
    assert_eq!(places, (1..=told as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_when_the_store_is_closed_is_finished_and_what_comes_later_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("surrealkv://{}/store", dir.path().display());
    let store = SurrealStore::connect(&url).await.unwrap();
    let [alice, bob] = people();
    let creation = || Creation::group(&alice, std::slice::from_ref(&bob)).commit();
    let commits: Vec<RoomCommit> = (0..20).map(|_| creation()).collect();
    let (outcomes, ()) = tokio::join!(at_once(&store, &commits), store.close());
    assert!(matches!(store.commit(creation()).await, Err(CommitError::Unavailable(_))));
    assert!(matches!(RoomRepo::ping(&store).await, Err(ReadError::Unavailable(_))));

    let store = SurrealStore::connect(&url).await.unwrap();
    let mut acknowledged = 0;
    for (commit, outcome) in commits.iter().zip(outcomes) {
        let is_there = store.find(commit.parts().room.id()).await.unwrap().is_some();
        acknowledged += u64::from(is_there);
        match outcome {
            Ok(Committed::Applied(_)) => assert!(is_there),
            Err(CommitError::Unavailable(_)) => assert!(!is_there),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(store.read(bob.id, Seq::ZERO, 99).await.unwrap().head.get(), acknowledged);
    store.close().await;
}
