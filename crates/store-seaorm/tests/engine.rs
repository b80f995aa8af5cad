//! What happens around a commit on SQLite: waiting together, an end that fails, a store that is closed.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use parlour_domain::Seq;
use parlour_domain::port::{CommitError, Committed, InboxRepo, ReadError, RoomRepo, WriteError};
use parlour_store_contract::fixture::{Creation, at, key, people};
use parlour_store_seaorm::SqlStore;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

fn url(directory: &TempDir) -> String {
    format!("sqlite://{}", directory.path().join("parlour.db").display())
}

async fn store() -> (TempDir, SqlStore, DatabaseConnection) {
    let directory = tempfile::tempdir().unwrap();
    let url = url(&directory);
    let store = SqlStore::connect(&url).await.unwrap();
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let raw = Database::connect(options).await.unwrap();
    (directory, store, raw)
}

// On one thread all of them are in line before the first is taken.
#[tokio::test]
async fn of_commits_that_waited_together_each_is_decided_by_itself() {
    let (_directory, store, _raw) = store().await;
    let [alice, bob, carol] = people();
    let keyed = || Creation::group(&carol, &[alice.clone(), bob.clone()]).keyed(&key("tea")).commit();
    let everything = [
        Creation::direct(&alice, &bob).commit(),
        Creation::direct(&bob, &alice).commit(),
        Creation::direct(&bob, &carol).commit(),
        keyed(),
        keyed(),
        Creation::direct(&carol, &alice).commit(),
    ];

    let waiting = everything.iter().map(|commit| {
        let (store, commit) = (store.clone(), commit.clone());
        tokio::spawn(async move { store.commit(commit).await })
    });
    let waiting: Vec<_> = waiting.collect();

    let mut applied = Vec::new();
    for (commit, outcome) in everything.iter().zip(waiting) {
        let is_applied = match outcome.await.unwrap() {
            Ok(Committed::Applied(entries)) => entries.len() == commit.recipients().len(),
            Err(CommitError::Conflict) => false,
            other => panic!("{other:?}"),
        };
        let stored = store.find(commit.parts().room.id()).await.unwrap();
        assert_eq!(stored.is_some(), is_applied, "{commit:?}");
        let again = store.commit(commit.clone()).await;
        assert_eq!(matches!(again, Ok(Committed::AlreadyApplied)), is_applied, "{again:?}");
        applied.push(is_applied);
    }
    assert_eq!(applied, [true, false, true, true, false, true]);
    for user in [&alice, &bob, &carol] {
        let page = store.read(user.id, Seq::ZERO, 10).await.unwrap();
        assert_eq!(
            (page.head, page.entries.len()),
            (Seq::new(3), 3),
            "one direct room with each of the others, one group"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_end_fails_has_an_unknown_outcome_and_the_next_one_succeeds() {
    let (_directory, store, raw) = store().await;
    let [alice, bob] = people();
    // A foreign key that is checked only when the transaction ends.
    for statement in [
        "CREATE TABLE late (room BLOB REFERENCES rooms (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER spoil AFTER INSERT ON rooms BEGIN INSERT INTO late VALUES (x'00'); END",
    ] {
        raw.execute_unprepared(statement).await.unwrap();
    }
    let commit = Creation::direct(&alice, &bob).commit();
    let spoilt = store.commit(commit.clone()).await;
    assert!(matches!(spoilt, Err(CommitError::OutcomeUnknown(_))), "{spoilt:?}");
    assert_eq!(store.find(commit.parts().room.id()).await.unwrap(), None);

    raw.execute_unprepared("DROP TRIGGER spoil").await.unwrap();
    assert!(matches!(store.commit(commit.clone()).await, Ok(Committed::Applied(_))));
    assert!(matches!(store.commit(commit).await, Ok(Committed::AlreadyApplied)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_is_unavailable() {
    let (_directory, store, _raw) = store().await;
    let [alice, bob] = people();
    store.close().await;
    let commit = Creation::direct(&alice, &bob).commit();
    assert!(matches!(store.find(commit.parts().room.id()).await, Err(ReadError::Unavailable(_))));
    assert!(matches!(store.commit(commit).await, Err(CommitError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_have_the_same_file_open_write_beside_each_other() {
    const ROOMS: u64 = 100;
    let (directory, store, raw) = store().await;
    let other = SqlStore::connect(&url(&directory)).await.unwrap();
    let [alice, bob] = people();
    let committing = tokio::spawn(async move {
        for _ in 0..ROOMS {
            store.commit(Creation::group(&alice, std::slice::from_ref(&bob)).at(at(0)).commit()).await.unwrap();
        }
    });
    let mut forgotten = 0;
    while !committing.is_finished() {
        match other.forget(at(1)).await {
            Ok(removed) => forgotten += removed,
            // The file was never free when it was looked at.
            Err(error) => assert!(matches!(error, WriteError::Unavailable(_)), "{error:?}"),
        }
    }
    committing.await.unwrap();
    forgotten += other.forget(at(1)).await.unwrap();
    assert_eq!(forgotten, 2 * (ROOMS - 1), "all but the newest entry of both");
    let events = raw.query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT id FROM events")).await.unwrap();
    assert_eq!(events.len(), 1, "an event goes with its last entry, and no sooner");
}
