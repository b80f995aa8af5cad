//! The locks of the data directories that stores lie in.

use std::path::Path;

use crate::data_dir::{DataDir, DataDirError};
use crate::store_url::StoreUrl;

/// Holds every data directory that one of the stores lies in, so that no server runs on it meanwhile. A directory that
/// no server ever used has no lock; a store there is kept by its engine's own lock.
///
/// # Errors
/// When a server, or a command, holds one of them.
pub(crate) fn hold_data_dirs(stores: &[&StoreUrl]) -> Result<Vec<DataDir>, DataDirError> {
    let mut directories: Vec<&Path> = stores.iter().filter_map(|url| url.path()).filter_map(Path::parent).collect();
    directories.retain(|directory| directory.join("parlour.lock").is_file());
    directories.sort_unstable();
    directories.dedup();
    directories.into_iter().map(DataDir::hold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_is_held_once_for_both_stores_and_another_directory_not_at_all() {
        let (used, plain) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        drop(DataDir::hold(used.path()).unwrap());
        let users = StoreUrl::Sqlite(used.path().join("users.db"));
        let rooms = StoreUrl::SurrealKv(used.path().join("rooms.surrealkv"));
        let elsewhere = StoreUrl::Sqlite(plain.path().join("users.db"));
        let held = hold_data_dirs(&[&users, &rooms, &elsewhere]).unwrap();
        assert_eq!(held.len(), 1);
        let refused = hold_data_dirs(&[&users]).unwrap_err().to_string();
        assert!(refused.contains("is in use by another parlour"), "{refused}");
        assert!(!plain.path().join("parlour.lock").exists());
    }
}
