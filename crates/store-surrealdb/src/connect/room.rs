//! Whether there is room for an engine to be closed.
//!
//! SurrealKV 0.21 writes a table when it is closed, and lets go of its lock on the directory last (`lsm.rs`, `Tree::close`).
//! When the table cannot be written it may keep that lock, so that we cannot open it again: on a full disk it is better left
//! open.

use std::path::Path;

use super::growth;

/// A log as a table, once more for what is written beside it, and the beginning of another log.
pub(super) const TO_CLOSE: u64 = 3 * growth::MOST;

/// How many bytes may still be written where the directory is; more than enough where nobody can say, as on a network file
/// system without a size.
#[cfg(unix)]
pub(super) fn free(directory: &Path) -> u64 {
    match rustix::fs::statvfs(directory) {
        Ok(disk) if disk.f_blocks > 0 => disk.f_bavail.saturating_mul(disk.f_frsize),
        _ => u64::MAX,
    }
}

#[cfg(not(unix))]
pub(super) fn free(_: &Path) -> u64 {
    u64::MAX
}

#[cfg(test)]
mod tests {
    use std::fs::{File, TryLockError};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use parlour_domain::port::{CommitError, Committed, RoomRepo};
    use parlour_store_contract::fixture::{Creation, people};
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::*;
    use crate::SurrealStore;
    use crate::connect::directory::{Directory, Disk};
    use crate::connect::place::Place;

    const PATIENCE: Duration = Duration::from_secs(60);

    async fn create(store: &SurrealStore) -> Result<Committed, CommitError> {
        let [alice, bob] = people();
        store.commit(Creation::direct(&alice, &bob).commit()).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_engine_is_not_closed_before_there_is_room_and_goes_on_by_itself_then() {
        static FREE: AtomicU64 = AtomicU64::new(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let free = |_: &Path| FREE.load(Ordering::SeqCst);
        let directory = Directory { disk: Disk::SurrealKv, path, most_log: 64 * 1024, free };
        let store = SurrealStore::open(Place::Directory(directory)).await.unwrap();
        let refused = timeout(PATIENCE, async {
            loop {
                if let Err(refused) = create(&store).await {
                    break refused;
                }
                yield_now().await;
            }
        });
        let refused = refused.await.unwrap();
        assert!(matches!(refused, CommitError::Unavailable(_)), "{refused:?}");
        let lock = File::open(folder.path().join("LOCK")).unwrap();
        assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));

        FREE.store(TO_CLOSE, Ordering::SeqCst);
        let healed = timeout(PATIENCE, async {
            while create(&store).await.is_err() {
                yield_now().await;
            }
        });
        healed.await.unwrap();
        store.close().await;
    }

    #[test]
    fn a_disk_says_how_much_room_there_is() {
        let folder = tempfile::tempdir().unwrap();
        assert!((1..u64::MAX).contains(&free(folder.path())));
    }
}
