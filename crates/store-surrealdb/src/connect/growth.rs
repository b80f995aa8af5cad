//! How far SurrealKV's write-ahead log has grown since the engine was opened.
//!
//! SurrealKV 0.21 loses acknowledged records when a memtable is full (`lsm.rs`, `LsmCommitEnv::apply`): what does not fit any
//! more is in the log of that memtable already, but goes into the next one. Once the full one is a table its log is removed,
//! and until the next one is a table too that record is in memory alone. Reading a log again that is larger than a memtable
//! has the same end.
//!
//! So no memtable ever gets full: the engine is closed and opened again long before. Closing writes all that it knows into
//! a table and begins another log.

use std::io;
use std::path::{Path, PathBuf};

use super::log::newest_segment;

/// An eighth of the smallest memtable that SurrealDB gives the engine, which is that of a machine with less than 1 GiB. An
/// entry takes up to 1.6 times as much in it as in the log, and what is just being written goes in too.
pub(super) const MOST: u64 = 8 * 1024 * 1024;

/// The log of an engine that is open.
pub(super) struct Growth {
    segment: PathBuf,
    next: PathBuf,
    most: u64,
}

impl Growth {
    /// The engine is to be opened again when its log has `most` bytes. One that could not be emptied the last time may grow
    /// by as much once more.
    pub(super) fn watch(directory: &Path, most: u64, is_opened_again: bool) -> io::Result<Option<Self>> {
        let Some(segment) = newest_segment(&directory.join("wal"))? else { return Ok(None) };
        let Some(next) = successor(&segment) else { return Ok(None) };
        let left_over = if is_opened_again { size(&segment)? } else { 0 };
        Ok(Some(Self { segment, next, most: left_over + most }))
    }

    /// Whether the engine should write no more before it is opened again.
    pub(super) fn is_enough(&self) -> bool {
        size(&self.segment).is_ok_and(|size| size >= self.most)
    }

    /// Whether a memtable was full all the same: nothing written by then is known to be safe before the engine is closed.
    pub(super) fn has_moved_on(&self) -> bool {
        let is_gone = matches!(self.segment.try_exists(), Ok(false));
        self.next.exists() || is_gone && self.segment.parent().is_some_and(Path::is_dir)
    }
}

fn size(segment: &Path) -> io::Result<u64> {
    std::fs::metadata(segment).map(|segment| segment.len())
}

/// The file in which the engine goes on.
fn successor(segment: &Path) -> Option<PathBuf> {
    let number: u64 = segment.file_stem()?.to_str()?.parse().ok()?;
    Some(segment.with_file_name(format!("{:020}.wal", number + 1)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use parlour_domain::port::{CommitError, Committed, InboxRepo, RoomRepo};
    use parlour_domain::{RoomId, Seq};
    use parlour_store_contract::copy_files;
    use parlour_store_contract::fixture::{Creation, people};

    use super::*;
    use crate::SurrealStore;
    use crate::connect::directory::{Directory, Disk};
    use crate::connect::place::Place;

    const KIB: u64 = 1024;

    async fn open(path: &Path, most_log: u64) -> SurrealStore {
        let directory = Directory { disk: Disk::SurrealKv, path: path.to_owned(), most_log, free: |_| u64::MAX };
        SurrealStore::open(Place::Directory(directory)).await.unwrap()
    }

    /// How often it was opened again.
    async fn times_renewed(store: &SurrealStore) -> u64 {
        store.engine.run(async move |session| session.number().await).await.unwrap().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_engine_is_opened_again_before_its_log_is_large_and_loses_nothing() {
        const WRITERS: usize = 4;
        const ROOMS_EACH: usize = 40;
        let folder = tempfile::tempdir().unwrap();
        // Four tables would be made into one while they are copied.
        let store = open(folder.path(), 160 * KIB).await;
        let [alice, bob] = people();
        let writing: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (store, alice, bob) = (store.clone(), alice.clone(), bob.clone());
                tokio::spawn(async move {
                    let mut rooms: Vec<RoomId> = Vec::new();
                    for _ in 0..ROOMS_EACH {
                        let commit = Creation::group(&alice, std::slice::from_ref(&bob)).commit();
                        rooms.push(commit.parts().room.id());
                        assert!(matches!(store.commit(commit).await, Ok(Committed::Applied(_))));
                    }
                    rooms
                })
            })
            .collect();
        let mut rooms = Vec::new();
        for written in writing {
            rooms.extend(written.await.unwrap());
        }
        assert!((1..4).contains(&times_renewed(&store).await));
        let log = newest_segment(&folder.path().join("wal")).unwrap().unwrap();
        assert!(size(&log).unwrap() < 240 * KIB);
        let image = tempfile::tempdir().unwrap();
        copy_files(folder.path(), image.path()).unwrap();
        store.close().await;

        let store = open(image.path(), MOST).await;
        for room in &rooms {
            assert!(store.find(*room).await.unwrap().is_some());
        }
        let page = store.read(bob.id, Seq::ZERO, 1).await.unwrap();
        assert_eq!(page.head.get(), (WRITERS * ROOMS_EACH) as u64);
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_written_when_a_memtable_was_full_is_not_acknowledged_before_the_engine_was_closed() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), MOST).await;
        let [alice, bob] = people();
        // From here on the heads are remembered: the next text writes.
        store.commit(Creation::direct(&alice, &bob).commit()).await.unwrap();
        let log = newest_segment(&folder.path().join("wal")).unwrap().unwrap();
        fs::write(successor(&log).unwrap(), []).unwrap();
        let commit = Creation::group(&alice, std::slice::from_ref(&bob)).commit();
        let in_doubt = store.commit(commit.clone()).await;
        assert!(matches!(in_doubt, Err(CommitError::OutcomeUnknown(_))), "{in_doubt:?}");
        let again = store.commit(commit).await;
        assert!(matches!(again, Ok(Committed::AlreadyApplied)), "{again:?}");
        assert_eq!(times_renewed(&store).await, 1);
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_start_that_finds_a_large_log_empties_it_before_it_serves() {
        let (folder, image) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = open(folder.path(), MOST).await;
        let [alice, bob] = people();
        let commit = Creation::direct(&alice, &bob).commit();
        store.commit(commit.clone()).await.unwrap();
        copy_files(folder.path(), image.path()).unwrap();
        store.close().await;

        let store = open(image.path(), 16 * KIB).await;
        assert_eq!(times_renewed(&store).await, 1);
        assert!(matches!(store.commit(commit).await, Ok(Committed::AlreadyApplied)));
        store.close().await;
    }

    #[test]
    fn a_log_that_could_not_be_emptied_may_grow_by_as_much_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let wal = folder.path().join("wal");
        fs::create_dir(&wal).unwrap();
        let log = wal.join(format!("{:020}.wal", 9));
        fs::write(&log, [0; 100]).unwrap();
        let first = Growth::watch(folder.path(), 100, false).unwrap().unwrap();
        let again = Growth::watch(folder.path(), 100, true).unwrap().unwrap();
        assert!(first.is_enough() && !again.is_enough() && !again.has_moved_on());
        fs::write(&log, [0; 200]).unwrap();
        assert!(again.is_enough());
        fs::write(wal.join(format!("{:020}.wal", 10)), []).unwrap();
        assert!(again.has_moved_on());
        fs::remove_file(&log).unwrap();
        fs::remove_file(wal.join(format!("{:020}.wal", 10))).unwrap();
        assert!(again.has_moved_on(), "both are gone by now");
        fs::remove_dir(&wal).unwrap();
        assert!(!again.has_moved_on(), "the directory is elsewhere, and the engine goes on in it");
    }
}
