//! A server that says nothing, and one that makes everybody wait: each call ends in time, and says the right thing.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use parlour_domain::Seq;
use parlour_domain::port::{CommitError, Committed, InboxRepo, ReadError, RoomRepo, SessionRepo, UserRepo, WriteError};
use parlour_store_contract::fixture::{Creation, at, people, session, user};
use parlour_store_seaorm::SqlStore;
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::proxy::Proxy;
use crate::scratch::{Engine, MySql, Postgres, Scratch};

/// Several times what a call may take, for a busy machine.
const BOUND: Duration = Duration::from_secs(60);

async fn in_time<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, call).await.expect("a call ends by itself")
}

/// Until it succeeds, which it must before long.
async fn at_last<T, X: Debug>(mut call: impl AsyncFnMut() -> Result<T, X>) -> T {
    let begun = Instant::now();
    loop {
        match in_time(call()).await {
            Ok(done) => return done,
            Err(error) => assert!(begun.elapsed() < BOUND, "it does not heal: {error:?}"),
        }
    }
}

async fn every_call_ends<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let (proxy, url) = Proxy::before(&database.url()).await;
    let store = SqlStore::connect(&url).await.unwrap();
    let [alice, bob] = people();
    UserRepo::insert(&store, alice.clone()).await.unwrap();
    let read_at_once = |is_last_word: bool| {
        let reading = (0..40).map(|n| {
            let (store, proxy, id) = (store.clone(), proxy.clone(), alice.id);
            tokio::spawn(async move {
                if is_last_word && n == 20 {
                    proxy.fall_silent();
                }
                in_time(store.find_many(&[id])).await
            })
        });
        reading.collect::<Vec<_>>()
    };
    // All connections are there and fit when it happens, and some are in use.
    for read in read_at_once(false) {
        assert_eq!(read.await.unwrap().unwrap(), std::slice::from_ref(&alice));
    }
    for read in read_at_once(true) {
        assert!(matches!(read.await.unwrap(), Ok(_) | Err(ReadError::Unavailable(_))));
    }
    proxy.fall_silent();

    let commit = Creation::direct(&alice, &bob).commit();
    let (found, page, ping, added, committed) = in_time(async {
        tokio::join!(
            store.find_by_username(&alice.username),
            store.read(alice.id, Seq::ZERO, 10),
            RoomRepo::ping(&store),
            SessionRepo::insert(&store, session(&alice, at(0))),
            store.commit(commit.clone()),
        )
    })
    .await;
    assert!(matches!(found, Err(ReadError::Unavailable(_))), "{found:?}");
    assert!(matches!(page, Err(ReadError::Unavailable(_))), "{page:?}");
    assert!(matches!(ping, Err(ReadError::Unavailable(_))), "{ping:?}");
    assert!(matches!(added, Err(WriteError::Unavailable(_) | WriteError::OutcomeUnknown(_))), "{added:?}");
    assert!(matches!(committed, Err(CommitError::Unavailable(_))), "{committed:?}");

    proxy.heal();
    at_last(async || RoomRepo::ping(&store).await).await;
    at_last(async || store.commit(commit.clone()).await).await;
    assert_eq!(store.find(commit.parts().room.id()).await.unwrap().as_ref(), Some(&commit.parts().room));
    // Nobody sits on a dead connection any more.
    for _ in 0..40 {
        assert_eq!(store.find_many(&[alice.id]).await.unwrap(), std::slice::from_ref(&alice));
    }
    in_time(store.close()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_ends_while_postgres_is_silent_and_succeeds_afterwards() {
    every_call_ends::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_ends_while_mysql_is_silent_and_succeeds_afterwards() {
    every_call_ends::<MySql>().await;
}

async fn a_lost_end_is_unknown<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let (proxy, url) = Proxy::before(&database.url()).await;
    let store = SqlStore::connect(&url).await.unwrap();
    let [alice, bob, carol] = people();
    for (peer, is_applied) in [(bob, false), (carol, true)] {
        let commit = Creation::direct(&alice, &peer).commit();
        RoomRepo::ping(&store).await.unwrap();
        if is_applied {
            proxy.fall_silent_after_commit();
        } else {
            proxy.fall_silent_before_commit();
        }
        let lost = in_time(store.commit(commit.clone())).await;
        assert!(matches!(lost, Err(CommitError::OutcomeUnknown(_))), "{lost:?}");
        proxy.heal();
        let again = at_last(async || store.commit(commit.clone()).await).await;
        assert_eq!(matches!(again, Committed::AlreadyApplied), is_applied, "{again:?}");
        assert!(store.find(commit.parts().room.id()).await.unwrap().is_some());
    }
    let page = store.read(alice.id, Seq::ZERO, 10).await.unwrap();
    assert_eq!((page.head, page.entries.len()), (Seq::new(2), 2), "each room was told of once");
    in_time(store.close()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_end_is_lost_on_the_way_to_postgres_is_unknown_and_has_one_effect() {
    a_lost_end_is_unknown::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_end_is_lost_on_the_way_to_mysql_is_unknown_and_has_one_effect() {
    a_lost_end_is_unknown::<MySql>().await;
}

async fn a_held_lock_is_waited_for_in_vain<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let [alice, bob, carol] = people();
    assert!(matches!(store.commit(Creation::direct(&alice, &bob).commit()).await, Ok(Committed::Applied(_))));
    let raw = database.raw().await;
    let holder = raw.begin().await.unwrap();
    holder.execute_unprepared("SELECT head FROM inbox_heads FOR UPDATE").await.unwrap();

    let commit = Creation::direct(&alice, &carol).commit();
    let waited = in_time(store.commit(commit.clone())).await;
    assert!(matches!(waited, Err(CommitError::Unavailable(_))), "{waited:?}");
    assert_eq!(store.find(commit.parts().room.id()).await.unwrap(), None);

    holder.rollback().await.unwrap();
    assert!(matches!(store.commit(commit).await, Ok(Committed::Applied(_))));
    store.close().await;
    raw.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_another_holds_on_postgres_is_not_waited_for_without_end() {
    a_held_lock_is_waited_for_in_vain::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_another_holds_on_mysql_is_not_waited_for_without_end() {
    a_held_lock_is_waited_for_in_vain::<MySql>().await;
}

/// A caller who goes away leaves an answer on its way; it must not become the answer to somebody else's question.
async fn a_dropped_call_leaves_no_answer_behind<E: Engine>() {
    let database = Scratch::<E>::make().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let everyone: Vec<_> = (0..4).map(|_| user()).collect();
    for somebody in &everyone {
        UserRepo::insert(&store, somebody.clone()).await.unwrap();
    }
    for n in 0..200 {
        let [dropped, asked] = [n % 4, (n + 1) % 4].map(|n| &everyone[n]);
        let patience = Duration::from_micros(u64::try_from(n).unwrap() * 20);
        // Whether it came in time is no matter.
        drop(tokio::time::timeout(patience, store.find_by_username(&dropped.username)).await);
        let commit = Creation::group(dropped, std::slice::from_ref(asked)).commit();
        let applied = tokio::time::timeout(patience, store.commit(commit.clone())).await.is_ok();
        let found = store.find_by_username(&asked.username).await.unwrap();
        assert_eq!(found.as_ref(), Some(asked));
        let late = session(asked, at(0));
        SessionRepo::insert(&store, late.clone()).await.unwrap();
        let stored = SessionRepo::list_of(&store, asked.id).await.unwrap();
        assert!(stored.contains(&late));
        assert!(!applied || store.find(commit.parts().room.id()).await.unwrap().is_some());
    }
    // What was answered is kept, also by a connection on which somebody else had begun and gone away.
    store.close().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let mut sessions = 0;
    for somebody in &everyone {
        sessions += SessionRepo::list_of(&store, somebody.id).await.unwrap().len();
    }
    assert_eq!(sessions, 200);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_dropped_on_postgres_leaves_its_connection_to_nobody() {
    a_dropped_call_leaves_no_answer_behind::<Postgres>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_dropped_on_mysql_leaves_its_connection_to_nobody() {
    a_dropped_call_leaves_no_answer_behind::<MySql>().await;
}
