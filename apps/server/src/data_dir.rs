//! The data directory, which belongs to one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A data directory that this process holds until it drops this value.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why a data directory is not to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    /// Another process holds it.
    #[error("data directory {} is in use by {}", path.display(), holder(*process))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Who holds it, as far as it says.
        process: Option<u32>,
    },
    /// It cannot be made or opened.
    #[error("data directory {} cannot be used", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn holder(process: Option<u32>) -> String {
    process.map_or_else(|| "another process".to_owned(), |id| format!("another parlour (process {id})"))
}

impl DataDir {
    /// Makes the directory when it is absent, open to its owner alone, and takes its lock.
    ///
    /// # Errors
    /// [`DataDirError`] says why it is not to be had.
    pub(crate) fn hold(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable { path: path.to_path_buf(), source };
        let absolute = std::path::absolute(path).map_err(unusable)?;
        if absolute.to_str().is_none() {
            // The URL of a store in it could not be written.
            return Err(unusable(io::Error::new(io::ErrorKind::InvalidFilename, "path is not UTF-8")));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&absolute).map_err(unusable)?;
        let mut lock = open_lock(&absolute.join("parlour.lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataDirError::InUse { path: path.to_path_buf(), process: read_holder(&mut lock) });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        write_holder(&mut lock).map_err(unusable)?;
        warn_when_open_to_others(&absolute);
        Ok(Self { path: absolute, _lock: lock })
    }

    /// Where it is; absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn write_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    writeln!(lock, "{}", std::process::id())
}

fn read_holder(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.rewind().ok()?;
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// A directory that was there before keeps its mode: it may be shared on purpose.
fn warn_when_open_to_others(path: &Path) {
    let Ok(metadata) = path.metadata() else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format!("{mode:o}"), "data directory is open to other users");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_directory_is_open_to_its_owner_alone() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let held = DataDir::hold(&path).unwrap();
        assert_eq!(held.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let lock = held.path().join("parlour.lock");
        assert_eq!(lock.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_directory_is_held_once_until_it_is_let_go() {
        let directory = tempfile::tempdir().unwrap();
        let held = DataDir::hold(directory.path()).unwrap();
        let refused = DataDir::hold(directory.path()).unwrap_err().to_string();
        assert!(refused.contains("is in use by another parlour"), "{refused}");
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        drop(held);
        assert!(DataDir::hold(directory.path()).is_ok());
    }

    #[test]
    fn a_path_that_no_url_can_name_is_reported() {
        use std::os::unix::ffi::OsStrExt;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join(std::ffi::OsStr::from_bytes(b"d\xff"));
        assert!(matches!(DataDir::hold(&path), Err(DataDirError::Unusable { .. })));
        assert!(!path.exists());
    }

    #[test]
    fn a_file_in_its_place_is_reported() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(DataDir::hold(&file), Err(DataDirError::Unusable { .. })));
    }
}
