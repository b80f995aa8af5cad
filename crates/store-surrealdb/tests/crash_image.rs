//! What a crash leaves of SurrealKV's log. A copy of an open store's directory is what a process that is killed then
//! leaves behind; a record that was being written is there in part.

#![expect(clippy::unwrap_used, reason = "a helper of the tests")]

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use parlour_domain::RoomId;
use parlour_domain::port::{Committed, RoomRepo};
use parlour_store_contract::copy_files;
use parlour_store_contract::fixture::{Creation, crowd};
use parlour_store_surrealdb::SurrealStore;
use tempfile::TempDir;

async fn open(folder: &Path) -> SurrealStore {
    SurrealStore::connect(&format!("surrealkv://{}", folder.display())).await.unwrap()
}

/// Has a room created in which so many are told.
async fn acknowledged(store: &SurrealStore, invited: usize) -> RoomId {
    let people = crowd(invited + 1);
    let (creator, invited) = people.split_first().unwrap();
    let commit = Creation::group(creator, invited).commit();
    let room = commit.parts().room.id();
    assert!(matches!(store.commit(commit).await.unwrap(), Committed::Applied(_)));
    room
}

async fn is_there(store: &SurrealStore, room: RoomId) -> bool {
    store.find(room).await.unwrap().is_some()
}

/// What is left when the process that has `folder` open is killed now.
fn crash(folder: &Path) -> TempDir {
    let image = tempfile::tempdir().unwrap();
    copy_files(folder, image.path()).unwrap();
    image
}

fn newest_segment(folder: &Path) -> PathBuf {
    let segments = fs::read_dir(folder.join("wal")).unwrap().map(|entry| entry.unwrap().path());
    segments.filter(|path| path.extension().is_some_and(|extension| extension == "wal")).max().unwrap()
}

fn size(segment: &Path) -> u64 {
    fs::metadata(segment).unwrap().len()
}

fn cut(segment: &Path, size: u64) {
    OpenOptions::new().write(true).open(segment).unwrap().set_len(size).unwrap();
}

/// Has a store crash when only a part of its last record was written, and once more after it has gone on. `torn_at` says
/// where in the log, of where the record begins and ends.
async fn goes_on_after_a_record_was_torn(last_invites: usize, torn_at: impl Fn(u64, u64) -> u64) {
    for tries_left in (0..5).rev() {
        if is_torn_and_goes_on(last_invites, &torn_at).await {
            return;
        }
        assert!(tries_left > 0, "the last record is read though it is torn");
    }
}

/// Answers whether it was the last record that was torn: the engine writes some of its own now and then.
async fn is_torn_and_goes_on(last_invites: usize, torn_at: impl Fn(u64, u64) -> u64) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let before = acknowledged(&store, 1).await;
    let begin = size(&newest_segment(folder.path()));
    let torn = acknowledged(&store, last_invites).await;
    let first = crash(folder.path());
    store.close().await;
    let segment = newest_segment(first.path());
    let end = size(&segment);
    let left = torn_at(begin, end);
    assert!((begin..end).contains(&left));
    cut(&segment, left);

    let store = open(first.path()).await;
    assert!(is_there(&store, before).await);
    if is_there(&store, torn).await {
        store.close().await;
        return false;
    }
    let after = acknowledged(&store, 1).await;
    let second = crash(first.path());
    store.close().await;

    let store = open(second.path()).await;
    assert!(is_there(&store, before).await);
    assert!(is_there(&store, after).await, "{} of {} bytes were written", left - begin, end - begin);
    store.close().await;
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_after_a_crash_survives_the_next_one() {
    goes_on_after_a_record_was_torn(1, |begin, _| begin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_after_a_record_was_torn_survives_the_next_crash() {
    goes_on_after_a_record_was_torn(1, u64::midpoint).await;
    goes_on_after_a_record_was_torn(1, |_, end| end - 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_after_the_head_of_a_record_was_torn_survives_the_next_crash() {
    goes_on_after_a_record_was_torn(1, |begin, _| begin + 3).await;
}

/// A record that crosses a border of the log's blocks is in parts, of which the first is whole here.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_after_a_record_was_torn_between_its_parts_survives_the_next_crash() {
    goes_on_after_a_record_was_torn(255, |_, end| end - end % (32 * 1024)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_no_crash_explains_is_not_opened_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    acknowledged(&store, 1).await;
    let image = crash(folder.path());
    store.close().await;
    let segment = newest_segment(image.path());
    let mut log = fs::read(&segment).unwrap();
    let middle = log.len() / 2;
    log[middle] ^= 0x40;
    fs::write(&segment, &log).unwrap();

    let url = format!("surrealkv://{}", image.path().display());
    let Err(error) = SurrealStore::connect(&url).await else { panic!("a damaged log was opened") };
    let line = error.to_string();
    assert!(line.starts_with(&format!("log {} is damaged behind byte ", segment.display())), "{line}");
    assert!(fs::read(&segment).unwrap() == log);
}
