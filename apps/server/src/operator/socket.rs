//! The Unix socket in the data directory: how it is made, found and removed.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

const NAME: &str = "operator.sock";

/// What the address of a Unix socket holds beside its closing zero byte: `sun_path` of unix(7), shorter on BSD systems.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The operator socket that this process listens on; removed when it is dropped.
pub(crate) struct OperatorSocket {
    path: PathBuf,
}

impl OperatorSocket {
    /// Listens in `directory`, which this process holds; a socket that a killed process left there is replaced.
    ///
    /// The socket is made where no other user can reach it, and moved to its place when its mode is 0600.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn bind(directory: &Path) -> io::Result<(Self, UnixListener)> {
        let private = tempfile::Builder::new()
            .prefix(".operator-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(directory)?;
        let unfinished = SocketPath::of(private.path())?;
        let listener = UnixListener::bind(unfinished.short())?;
        fs::set_permissions(unfinished.short(), Permissions::from_mode(0o600))?;
        let path = directory.join(NAME);
        fs::rename(private.path().join(NAME), &path)?;
        Ok((Self { path }, listener))
    }
}

impl Drop for OperatorSocket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "operator socket could not be removed");
        }
    }
}

/// A path to the operator socket of a directory that fits a socket's address.
pub(crate) struct SocketPath {
    short: PathBuf,
    _directory: Option<File>,
}

impl SocketPath {
    /// The way to the socket in `directory`, whether there is one or not.
    ///
    /// # Errors
    /// When the path is too long and cannot be shortened.
    pub(super) fn of(directory: &Path) -> io::Result<Self> {
        let path = directory.join(NAME);
        if path.as_os_str().as_bytes().len() <= LONGEST_PATH {
            return Ok(Self { short: path, _directory: None });
        }
        // Through an open directory the path has a length that does not depend on where the directory is.
        let opened = File::open(directory)?;
        let through = PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd()));
        if !through.is_dir() {
            let reason = format!("path of the operator socket is longer than {LONGEST_PATH} bytes: {}", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidFilename, reason));
        }
        Ok(Self { short: through.join(NAME), _directory: Some(opened) })
    }

    /// The path; valid while this value lives.
    pub(super) fn short(&self) -> &Path {
        &self.short
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_socket_is_its_owners_alone_and_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let (socket, _listener) = OperatorSocket::bind(directory.path()).unwrap();
        assert_eq!(mode(&directory.path().join(NAME)), 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        drop(socket);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_stale_socket_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        drop(UnixListener::bind(directory.path().join(NAME)).unwrap());
        assert!(UnixStream::connect(directory.path().join(NAME)).is_err());
        let (_socket, _listener) = OperatorSocket::bind(directory.path()).unwrap();
        UnixStream::connect(directory.path().join(NAME)).unwrap();
    }

    #[test]
    fn a_directory_with_a_long_path_has_a_socket_too() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("d".repeat(60)).join("e".repeat(60)).join("f".repeat(60));
        fs::create_dir_all(&directory).unwrap();
        let (_socket, _listener) = OperatorSocket::bind(&directory).unwrap();
        let way = SocketPath::of(&directory).unwrap();
        assert!(way.short().as_os_str().len() <= LONGEST_PATH);
        UnixStream::connect(way.short()).unwrap();
        assert_eq!(mode(&directory.join(NAME)), 0o600);
    }
}
