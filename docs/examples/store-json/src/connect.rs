//! How a store comes to be, and how it changes its file.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::classify::NotSaved;
use crate::row::MarkRow;
use crate::schema::{Document, VERSION};

/// Why a store could not be opened, in one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Another process has it open.
    #[error("file {} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The system does not let the file be read or made.
    #[error("file {path} cannot be used: {cause}", path = .0.display(), cause = .1)]
    File(PathBuf, #[source] io::Error),
    /// It is no document of this program.
    #[error("file {path} does not parse: {cause}", path = .0.display(), cause = .1)]
    Malformed(PathBuf, #[source] serde_json::Error),
    /// A newer program wrote it.
    #[error("file {path} has version {found}, not one up to {VERSION}", path = .0.display(), found = .1)]
    Newer(PathBuf, u32),
    /// A copy into it was begun and not finished.
    #[error(
        "file {path} is the unfinished target of a copy from {from}; run that copy again, or delete it",
        path = .0.display(),
        from = .1
    )]
    UnfinishedCopy(PathBuf, String),
}

/// Users and rooms in a file of JSON. A clone is another handle on the same store.
#[derive(Clone)]
pub struct JsonStore {
    open: Arc<Mutex<Open>>,
}

struct Open {
    path: PathBuf,
    document: Document,
    /// Whoever holds its lock owns the file; released when the last handle is dropped.
    _lock: File,
}

impl JsonStore {
    /// Opens the file at `path`, or a new one.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line what is wrong.
    pub fn open(path: &Path) -> Result<Self, ConnectError> {
        let store = Self::open_to_copy(path)?;
        let mark = store.read(|document| document.mark.as_ref().map(MarkRow::parse));
        match mark {
            None => Ok(store),
            Some(mark) => {
                let source = mark.map_or_else(|_| "another store".to_owned(), |mark| mark.source);
                Err(ConnectError::UnfinishedCopy(path.to_owned(), source))
            }
        }
    }

    /// The same to copy the store or to copy into it, also where a copy was not finished.
    ///
    /// # Errors
    /// [`ConnectError`] says in one line what is wrong.
    pub fn open_to_copy(path: &Path) -> Result<Self, ConnectError> {
        let unusable = |error| ConnectError::File(path.to_owned(), error);
        let lock = File::create(path.with_extension("lock")).map_err(unusable)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ConnectError::Locked(path.to_owned()),
            TryLockError::Error(error) => unusable(error),
        })?;
        let open = Open { path: path.to_owned(), document: load(path)?, _lock: lock };
        Ok(Self { open: Arc::new(Mutex::new(open)) })
    }

    /// Reads the file again, for tests that damage it behind the store's back.
    ///
    /// # Errors
    /// As [`open_to_copy`](Self::open_to_copy).
    #[doc(hidden)]
    pub fn reload(&self) -> Result<(), ConnectError> {
        let mut open = self.lock();
        open.document = load(&open.path)?;
        Ok(())
    }

    /// Looks at the document.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Document) -> T) -> T {
        look(&self.lock().document)
    }

    /// Changes the document and the file, both or neither. What `change` refuses changes nothing.
    pub(crate) fn write<T, E>(&self, change: impl FnOnce(&mut Document) -> Result<T, E>) -> Result<T, E>
    where
        E: From<NotSaved>,
    {
        let mut open = self.lock();
        let mut changed = open.document.clone();
        let outcome = change(&mut changed)?;
        save(&open.path, &changed)?;
        open.document = changed;
        Ok(outcome)
    }

    /// A panic elsewhere leaves the document whole: it is replaced at one stroke.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load(path: &Path) -> Result<Document, ConnectError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Document::new()),
        Err(error) => return Err(ConnectError::File(path.to_owned(), error)),
    };
    let malformed = |error| ConnectError::Malformed(path.to_owned(), error);
    let version: Version = serde_json::from_slice(&text).map_err(malformed)?;
    if version.version > VERSION {
        return Err(ConnectError::Newer(path.to_owned(), version.version));
    }
    let document = serde_json::from_slice(&text).map_err(malformed)?;
    Ok(Document { version: VERSION, ..document })
}

/// What a document of any version has.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// After a loss of power there is the old file or the new one, whole.
fn save(path: &Path, document: &Document) -> Result<(), NotSaved> {
    let replace = || {
        let draft = path.with_extension("draft");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(document)?)?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    replace().map_err(NotSaved::Kept)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(NotSaved::Unsynced)
}
