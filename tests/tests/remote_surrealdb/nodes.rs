//! Several programs on one database.

use std::collections::BTreeSet;

use parlour_domain::port::{CommitError, Committed, InboxRepo, RoomRepo};
use parlour_domain::{RoomCommit, Seq, User};
use parlour_store_contract::fixture::{Creation, at, people};
use parlour_store_surrealdb::SurrealStore;

use crate::database::{connect, empty, shared, unused_name};
use crate::outage::{is_down, is_up};
use crate::proxy::{Proxy, Weather};

const ROUNDS: usize = 8;
const PROGRAMS: usize = 6;

/// Commits, as a use case does: the same again when nobody knows what became of it.
async fn commit(store: SurrealStore, commit: RoomCommit) -> Result<Committed, CommitError> {
    loop {
        match store.commit(commit.clone()).await {
            Err(CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) => {}
            settled => return settled,
        }
    }
}

/// Gives both programs the same commits at once, and answers how often each of them was applied.
async fn race(one: &SurrealStore, other: &SurrealStore, commits: &[RoomCommit]) -> Vec<usize> {
    let mut racing = Vec::new();
    for one_commit in commits {
        let twice = [one, other].map(|store| tokio::spawn(commit(store.clone(), one_commit.clone())));
        racing.push(twice);
    }
    let mut applied = Vec::new();
    for twice in racing {
        let mut times = 0;
        for once in twice {
            times += usize::from(matches!(once.await.unwrap(), Ok(Committed::Applied(_))));
        }
        applied.push(times);
    }
    applied
}

async fn assert_dense(store: &SurrealStore, user: &User, entries: u64) {
    let page = store.read(user.id, Seq::ZERO, 1_000).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|entry| entry.seq.get()).collect();
    assert_eq!(places, (1..=entries).collect::<Vec<_>>());
    let events: BTreeSet<_> = page.entries.iter().map(|entry| entry.event.id).collect();
    assert_eq!(events.len(), places.len(), "nothing is told twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_that_write_the_same_at_once_have_one_effect() {
    let url = empty().await;
    let (one, other) = (connect(&url).await, connect(&url).await);
    let [alice, bob, carol] = people();
    let mut told = 0;
    for _ in 0..ROUNDS {
        let commits: Vec<RoomCommit> = [&bob, &carol, &bob]
            .iter()
            .map(|invited| Creation::group(&alice, std::slice::from_ref(*invited)).commit())
            .collect();
        assert_eq!(race(&one, &other, &commits).await, [1, 1, 1]);
        told += 3;
    }
    for store in [&one, &other] {
        assert_dense(store, &alice, told).await;
        assert_dense(store, &bob, told / 3 * 2).await;
        assert_dense(store, &carol, told / 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_open_one_direct_room_for_a_pair() {
    let url = empty().await;
    let (one, other) = (connect(&url).await, connect(&url).await);
    for _ in 0..ROUNDS {
        let [alice, bob] = people();
        let commits = [Creation::direct(&alice, &bob).commit(), Creation::direct(&bob, &alice).commit()];
        let applied = race(&one, &other, &commits).await;
        assert_eq!(applied.iter().sum::<usize>(), 1, "{applied:?}");
        assert_dense(&one, &alice, 1).await;
        assert_dense(&other, &bob, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_place_that_one_program_forgot_is_not_taken_again_by_another() {
    let url = empty().await;
    let (one, other) = (connect(&url).await, connect(&url).await);
    let [alice, bob] = people();
    let creation = |second| Creation::group(&alice, std::slice::from_ref(&bob)).at(at(second)).commit();
    other.commit(creation(1)).await.unwrap();
    for second in 2..=5 {
        one.commit(creation(second)).await.unwrap();
    }
    assert_eq!(one.forget(at(9)).await.unwrap(), 8);
    // The other still believes that 2 is the next.
    other.commit(creation(6)).await.unwrap();
    let page = one.read(bob.id, Seq::ZERO, 9).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), [5, 6]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_start_at_once_set_an_empty_database_up_together() {
    let url = empty().await;
    let starting: Vec<_> = (0..PROGRAMS)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { SurrealStore::connect(&url).await })
        })
        .collect();
    let [alice, bob] = people();
    for started in starting {
        let store = started.await.unwrap().unwrap();
        store.commit(Creation::group(&alice, std::slice::from_ref(&bob)).commit()).await.unwrap();
    }
    assert_dense(&connect(&url).await, &bob, PROGRAMS as u64).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_newer_than_the_program_is_refused() {
    let url = empty().await;
    connect(&url).await.run_raw("CREATE schema_version:99").await.unwrap();
    let Err(refused) = SurrealStore::connect(&url).await else { panic!("opened") };
    assert!(refused.to_string().starts_with("schema of the store has version 99, this program knows"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_serves_connects_again_after_a_newer_one_has_changed_the_schema() {
    let (server, database) = (shared().await, unused_name());
    let proxy = Proxy::before(server).await;
    let store = connect(&proxy.url(&database)).await;
    store.run_raw("CREATE schema_version:99").await.unwrap();
    proxy.set(Weather::Broken);
    is_down(&store).await;
    proxy.set(Weather::Fine);
    is_up(&store).await;
}
