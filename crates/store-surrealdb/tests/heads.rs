//! What a store remembers of inboxes is never believed: here it is behind.

#![expect(clippy::unwrap_used, reason = "a helper of the tests")]

use parlour_domain::port::{Committed, InboxRepo, RoomRepo};
use parlour_domain::{RoomCommit, Seq, UserId};
use parlour_store_contract::fixture::{Creation, answered, at, crowd, key, people};
use parlour_store_surrealdb::SurrealStore;

async fn places(store: &SurrealStore, commit: RoomCommit, user: UserId) -> Vec<u64> {
    match store.commit(commit).await.unwrap() {
        Committed::Applied(entries) => {
            entries.iter().filter(|entry| entry.recipient == user).map(|entry| entry.seq.get()).collect()
        }
        Committed::AlreadyApplied => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_another_store_took_are_passed_over() {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let other = store.stranger();
    let [alice, bob] = people();
    let creation = || Creation::group(&alice, std::slice::from_ref(&bob)).commit();
    for round in 0..3 {
        assert_eq!(places(&store, creation(), bob.id).await, [2 * round + 1]);
        assert_eq!(places(&other, creation(), bob.id).await, [2 * round + 2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_was_forgotten_is_not_taken_again() {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let behind = store.stranger();
    let [alice, bob] = people();
    let creation = |second| Creation::group(&alice, std::slice::from_ref(&bob)).at(at(second)).commit();
    assert_eq!(places(&behind, creation(1), bob.id).await, [1]);
    for second in 2..=5 {
        store.commit(creation(second)).await.unwrap();
    }
    // Bob's places 1 to 4 are free again, and `behind` still believes that 2 is the next.
    assert_eq!(store.forget(at(9)).await.unwrap(), 8);
    assert_eq!(places(&behind, creation(6), bob.id).await, [6]);
    let page = behind.read(bob.id, Seq::ZERO, 9).await.unwrap();
    assert_eq!(page.entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), [5, 6]);
    assert_eq!((page.head.get(), page.forgotten.get()), (6, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_tells_nobody_is_applied_after_something_was_forgotten() {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let [alice, bob, carol] = people();
    let room = Creation::direct(&alice, &bob).at(at(1)).commit();
    store.commit(room.clone()).await.unwrap();
    store.commit(Creation::direct(&alice, &carol).at(at(2)).commit()).await.unwrap();
    assert_eq!(store.forget(at(9)).await.unwrap(), 1);
    let again = answered(&room.parts().room, &key("again"), at(10));
    assert!(matches!(store.commit(again).await, Ok(Committed::Applied(entries)) if entries.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_many_share_stays_until_the_last_of_them_has_forgotten_it() {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let everyone = crowd(40);
    let (owner, others) = everyone.split_first().unwrap();
    store.commit(Creation::group(owner, others).at(at(1)).commit()).await.unwrap();
    let count = "IF array::len(SELECT * FROM shared_event) != $left { THROW 'other' }";
    let left = |left: &str| count.replace("$left", left);
    store.run_raw(&left("1")).await.unwrap();

    // Everyone but the last is told of something newer, and forgets the old event.
    let (last, first) = others.split_last().unwrap();
    for other in first {
        store.commit(Creation::group(owner, std::slice::from_ref(other)).at(at(2)).commit()).await.unwrap();
    }
    assert_eq!(store.forget(at(2)).await.unwrap(), 39);
    store.run_raw(&left("1")).await.unwrap();
    let kept = store.read(last.id, Seq::ZERO, 9).await.unwrap();
    assert_eq!(kept.entries.len(), 1, "the newest entry is kept, however old");

    store.commit(Creation::group(owner, std::slice::from_ref(last)).at(at(2)).commit()).await.unwrap();
    assert_eq!(store.forget(at(2)).await.unwrap(), 1);
    store.run_raw(&left("0")).await.unwrap();
}
