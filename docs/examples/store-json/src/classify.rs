//! What can go wrong, and what the ports call it.

use std::io;

use parlour_domain::port::{
    AddPasskeyError, CommitError, ImportError, InsertUserError, ReadError, RegisterError, Source, TakeError, WriteError,
};
use parlour_domain::{ArchiveKey, Unit};
use uuid::Uuid;

/// A stored row that no longer parses.
#[derive(Debug, thiserror::Error)]
#[error("{table} {id} does not parse")]
pub(crate) struct CorruptRow {
    pub(crate) table: &'static str,
    pub(crate) id: Uuid,
    #[source]
    pub(crate) cause: Source,
}

impl From<CorruptRow> for ReadError {
    fn from(row: CorruptRow) -> Self {
        Self::Corrupt(Box::new(row))
    }
}

/// Why a row does not parse that the domain has no word for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("no kind of room: {0:?}")]
    Kind(String),
    #[error("no event {0}")]
    NoEvent(Uuid),
}

/// A user is inserted under the id of another one: never done by a caller whose ids are new.
#[derive(Debug, thiserror::Error)]
#[error("another user has the id {0}")]
pub(crate) struct UserIdTaken(pub(crate) Uuid);

/// A record is imported that is there already.
#[derive(Debug, thiserror::Error)]
#[error("{unit} {key} is there already")]
pub(crate) struct RecordExists {
    pub(crate) unit: Unit,
    pub(crate) key: ArchiveKey,
}

/// Why a change is not safe in the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSaved {
    /// The old file is there.
    #[error("file could not be replaced")]
    Kept(#[source] io::Error),
    /// The new file is there, but a loss of power may bring the old one back.
    #[error("directory of the file could not be synced")]
    Unsynced(#[source] io::Error),
}

macro_rules! outcome {
    ($($error:ident),*) => {
        $(
            impl From<NotSaved> for $error {
                fn from(error: NotSaved) -> Self {
                    match error {
                        NotSaved::Kept(_) => Self::Unavailable(Box::new(error)),
                        NotSaved::Unsynced(_) => Self::OutcomeUnknown(Box::new(error)),
                    }
                }
            }
        )*
    };
}

outcome!(WriteError, InsertUserError, RegisterError, AddPasskeyError, TakeError, CommitError, ImportError);
