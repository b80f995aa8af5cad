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
