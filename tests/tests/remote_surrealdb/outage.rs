//! A server that cannot be reached for a while: nobody waits for long, nothing is lost, and it heals by itself.

use std::time::{Duration, Instant};

use parlour_domain::port::{CommitError, Committed, InboxRepo, ReadError, RoomRepo, UserRepo};
use parlour_domain::{RoomCommit, Seq, User};
use parlour_store_contract::fixture::{Creation, people, user};
use parlour_store_surrealdb::SurrealStore;
use parlour_tests::{eventually, within};

use crate::database::{connect, shared, unused_name, url_of};
use crate::proxy::{Proxy, Weather};

/// Longer than any call may take, also on a machine that is busy with something else.
const LONGEST: Duration = Duration::from_secs(30);
/// A call that knows of the outage needs no timeout of its own.
const AT_ONCE: Duration = Duration::from_secs(2);
const WAITING: usize = 300;

async fn behind_a_proxy() -> (Proxy, SurrealStore, String) {
    let (server, database) = (shared().await, unused_name());
    let proxy = Proxy::before(server).await;
    let store = connect(&proxy.url(&database)).await;
    (proxy, store, url_of(server, &database))
}

pub(crate) fn rooms_of(alice: &User, bob: &User, number: usize) -> Vec<RoomCommit> {
    (0..number).map(|_| Creation::group(alice, std::slice::from_ref(bob)).commit()).collect()
}

/// Waits until the store says that its server is away.
pub(crate) async fn is_down(store: &SurrealStore) {
    let down = eventually("ping to say no", async || {
        let pinged = tokio::time::timeout(LONGEST, RoomRepo::ping(store)).await?;
        Ok(matches!(pinged, Err(ReadError::Unavailable(_))).then_some(()))
    });
    down.await.unwrap();
}

/// Waits until the store answers again, and asks nothing but whether it does.
pub(crate) async fn is_up(store: &SurrealStore) {
    eventually("ping to say yes", async || Ok(RoomRepo::ping(store).await.ok())).await.unwrap();
}

/// Everything that is asked fails, and soon, once the store knows.
async fn everything_fails_soon(store: &SurrealStore) {
    let somebody = user();
    eventually("the store to know", async || {
        let since = Instant::now();
        let answer = store.find_many(&[somebody.id]).await;
        assert!(matches!(answer, Err(ReadError::Unavailable(_))), "{answer:?}");
        Ok((since.elapsed() < AT_ONCE).then_some(()))
    })
    .await
    .unwrap();
    let [alice, bob] = people();
    let creation = Creation::direct(&alice, &bob).commit();
    assert!(matches!(store.commit(creation).await, Err(CommitError::Unavailable(_))));
    assert!(UserRepo::insert(store, somebody).await.is_err());
}

async fn commit_all(store: &SurrealStore, commits: &[RoomCommit]) -> Vec<Result<Committed, CommitError>> {
    let running: Vec<_> = commits
        .iter()
        .map(|commit| {
            let (store, commit) = (store.clone(), commit.clone());
            tokio::spawn(async move { tokio::time::timeout(LONGEST, store.commit(commit)).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for one in running {
        outcomes.push(one.await.unwrap().expect("a creation that is answered in time"));
    }
    outcomes
}

/// Sends the same commits again until each is there, and finds each told once.
async fn retried_they_have_one_effect(store: &SurrealStore, bob: &User, commits: &[RoomCommit]) {
    for commit in commits {
        let settled = within("a commit to be settled", async {
            loop {
                match store.commit(commit.clone()).await {
                    Err(CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) => {}
                    settled => return settled,
                }
            }
        });
        assert!(settled.await.unwrap().is_ok());
    }
    let page = store.read(bob.id, Seq::ZERO, 1_000).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|entry| entry.seq.get()).collect();
    assert_eq!(places, (1..=commits.len() as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_that_is_cut_is_made_anew() {
    let (proxy, store, _) = behind_a_proxy().await;
    let [alice, bob] = people();
    let commits = rooms_of(&alice, &bob, 20);
    for (turn, commit) in commits.iter().enumerate() {
        if turn % 5 == 0 {
            proxy.set(Weather::Broken);
            proxy.set(Weather::Fine);
        }
        if store.commit(commit.clone()).await.is_err() {
            is_up(&store).await;
        }
    }
    retried_they_have_one_effect(&store, &bob, &commits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_that_swallows_everything_holds_nobody_up() {
    let (proxy, store, _) = behind_a_proxy().await;
    let [alice, bob] = people();
    let commits = rooms_of(&alice, &bob, WAITING);
    store.commit(commits[0].clone()).await.unwrap();
    proxy.set(Weather::Silent);
    for outcome in commit_all(&store, &commits[1..]).await {
        assert!(
            matches!(outcome, Err(CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_))),
            "{outcome:?} without an answer"
        );
    }
    is_down(&store).await;
    everything_fails_soon(&store).await;

    proxy.set(Weather::Fine);
    is_up(&store).await;
    retried_they_have_one_effect(&store, &bob, &commits).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_whose_answer_is_lost_is_of_unknown_outcome_and_safe_to_repeat() {
    let (proxy, store, direct) = behind_a_proxy().await;
    let [alice, bob] = people();
    let commits = rooms_of(&alice, &bob, 2);
    store.commit(commits[0].clone()).await.unwrap();
    proxy.set(Weather::AnswersLost);
    let outcome = store.commit(commits[1].clone()).await;
    assert!(matches!(outcome, Err(CommitError::OutcomeUnknown(_))), "{outcome:?}");

    let elsewhere = connect(&direct).await;
    assert!(elsewhere.find(commits[1].parts().room.id()).await.unwrap().is_some(), "it was applied");
    proxy.set(Weather::Fine);
    is_up(&store).await;
    assert!(matches!(store.commit(commits[1].clone()).await, Ok(Committed::AlreadyApplied)));
    retried_they_have_one_effect(&store, &bob, &commits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_can_be_closed_while_its_server_is_away() {
    let (proxy, store, _) = behind_a_proxy().await;
    proxy.set(Weather::Broken);
    is_down(&store).await;
    within("the store to close", store.close()).await.unwrap();
    assert!(matches!(RoomRepo::ping(&store).await, Err(ReadError::Unavailable(_))));
}
