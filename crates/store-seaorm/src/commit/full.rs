//! A disk that is full, and one that another process keeps busy.

use std::time::Duration;

use parlour_domain::port::{CommitError, Committed, InboxRepo, RoomRepo, SessionRepo, WriteError};
use parlour_domain::{Seq, User};
use parlour_store_contract::fixture::{Creation, at, crowd, people, session};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::SqlStore;

async fn store() -> (TempDir, String, SqlStore) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
    let store = SqlStore::connect(&url).await.unwrap();
    (directory, url, store)
}

/// SQLite itself says so when the file may not grow: as if the disk ended here.
async fn fill_the_disk(store: &SqlStore) {
    store.writing().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
}

async fn make_room(store: &SqlStore) {
    store.writing().execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_written_and_what_is_there_is_read_and_room_heals_it() {
    let (_directory, _url, store) = store().await;
    let [alice, bob] = people();
    let everyone: Vec<User> = crowd(200);
    let kept = Creation::direct(&alice, &bob).commit();
    assert!(matches!(store.commit(kept.clone()).await, Ok(Committed::Applied(_))));
    fill_the_disk(&store).await;

    // Alone, and together with others.
    let refused: Vec<_> = (0..8).map(|_| Creation::group(&alice, &everyone).commit()).collect();
    let waiting: Vec<_> = refused
        .iter()
        .map(|commit| {
            let (store, commit) = (store.clone(), commit.clone());
            tokio::spawn(async move { store.commit(commit).await })
        })
        .collect();
    for outcome in waiting {
        let outcome = outcome.await.unwrap();
        assert!(matches!(outcome, Err(CommitError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(store.find(kept.parts().room.id()).await.unwrap().as_ref(), Some(&kept.parts().room));

    make_room(&store).await;
    for commit in refused {
        assert_eq!(store.find(commit.parts().room.id()).await.unwrap(), None);
        assert!(matches!(store.commit(commit).await, Ok(Committed::Applied(_))));
    }
    let page = store.read(alice.id, Seq::ZERO, 100).await.unwrap();
    assert_eq!((page.head, page.entries.len()), (Seq::new(9), 9));
}

/// The engine ends a transaction by itself, and the next one fails at its end: so does a disk that is full at a COMMIT and
/// still is when it is tried again.
#[tokio::test(flavor = "multi_thread")]
async fn after_transactions_that_failed_at_their_end_the_next_one_is_not_a_part_of_them() {
    const OF_NO_ROOM: &str = "INSERT INTO participants (room_id, user_id, role, joined_at, room_updated_at)
        VALUES (x'00', x'00', 'owner', 0, 0)";
    let (_directory, _url, store) = store().await;
    let [alice, bob] = people();
    for fails_to_commit in [&["ROLLBACK"][..], &["PRAGMA defer_foreign_keys = ON", OF_NO_ROOM]] {
        let transaction = store.writing().begin().await.unwrap();
        for text in fails_to_commit {
            transaction.execute_unprepared(text).await.unwrap();
        }
        transaction.commit().await.unwrap_err();
    }

    let commit = Creation::direct(&alice, &bob).commit();
    assert!(matches!(store.commit(commit.clone()).await, Ok(Committed::Applied(_))));
    let found = store.find(commit.parts().room.id()).await.unwrap();
    assert!(found.is_some(), "only the connection that wrote it sees it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_process_keeps_busy_is_unavailable_for_writing_alone() {
    let (_directory, url, store) = store().await;
    let [alice, bob] = people();
    let other = Database::connect(url).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();

    let commit = Creation::direct(&alice, &bob).commit();
    let both =
        async { tokio::join!(store.commit(commit.clone()), SessionRepo::insert(&store, session(&alice, at(0)))) };
    let (committed, added) = tokio::time::timeout(Duration::from_secs(60), both).await.expect("it gives up by itself");
    assert!(matches!(committed, Err(CommitError::Unavailable(_))), "{committed:?}");
    assert!(matches!(added, Err(WriteError::Unavailable(_))), "{added:?}");
    assert_eq!(store.find(commit.parts().room.id()).await.unwrap(), None);

    other.close().await.unwrap();
    assert!(matches!(store.commit(commit).await, Ok(Committed::Applied(_))));
}
