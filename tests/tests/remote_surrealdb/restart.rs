//! A server that is stopped and started again.

use parlour_domain::port::{CommitError, InboxRepo, RoomRepo, UserRepo};
use parlour_domain::{RoomCommit, Seq};
use parlour_store_contract::fixture::{people, user};
use parlour_store_surrealdb::SurrealStore;
use parlour_tests::{Doors, Kept, SurrealServer, eventually};

use crate::database::{PROGRAM, connect};
use crate::outage::{is_down, is_up, rooms_of};

async fn commit(store: &SurrealStore, commit: &RoomCommit) {
    eventually("a commit to be settled", async || match store.commit(commit.clone()).await {
        Err(CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) => Ok(None),
        settled => Ok(Some(settled?)),
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_is_there_when_the_server_is_back() {
    let mut server = SurrealServer::start(PROGRAM, Kept::OnDisk, Doors::Locked).await.unwrap();
    let store = connect(&server.url("rooms")).await;
    let [alice, bob] = people();
    let commits = rooms_of(&alice, &bob, 9);
    for (turn, one) in commits.iter().enumerate() {
        if turn % 3 == 2 {
            server.kill().await.unwrap();
            is_down(&store).await;
            server.start_again().await.unwrap();
        }
        commit(&store, one).await;
    }
    let page = store.read(bob.id, Seq::ZERO, 99).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|entry| entry.seq.get()).collect();
    assert_eq!(places, (1..=commits.len() as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_comes_back_empty_is_set_up_again_and_nothing_is_remembered() {
    let mut server = SurrealServer::start(PROGRAM, Kept::InMemory, Doors::Locked).await.unwrap();
    let store = connect(&server.url("rooms")).await;
    let [alice, bob] = people();
    for one in rooms_of(&alice, &bob, 3) {
        commit(&store, &one).await;
    }
    server.kill().await.unwrap();
    server.start_again().await.unwrap();
    // The store is told nothing: the first that it hears of it may be this user, who must not end in a table without a
    // schema.
    let somebody = user();
    eventually("the user to be inserted", async || Ok(UserRepo::insert(&store, somebody.clone()).await.ok()))
        .await
        .unwrap();
    is_up(&store).await;
    for one in rooms_of(&alice, &bob, 2) {
        commit(&store, &one).await;
    }
    let page = store.read(bob.id, Seq::ZERO, 99).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(store.find_many(&[somebody.id]).await.unwrap(), [somebody]);
    let with_schema = "IF !string::contains((INFO FOR DB).tables.user, 'SCHEMAFULL') { THROW 'no schema' }";
    store.run_raw(with_schema).await.unwrap();
}
