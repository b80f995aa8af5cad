//! What can be wrong with a stored row, and what the ports call it.

use parlour_domain::port::{ReadError, Source};
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

/// A user is inserted under the id of another one: never done by a caller whose ids are new.
#[derive(Debug, thiserror::Error)]
#[error("another user has the id {0}")]
pub(crate) struct UserIdTaken(pub(crate) Uuid);

/// A row has no kind of room.
#[derive(Debug, thiserror::Error)]
#[error("no kind of room: {0:?}")]
pub(crate) struct UnknownKind(pub(crate) String);

/// A record is imported that is there already.
#[derive(Debug, thiserror::Error)]
#[error("{unit} {key} is there already")]
pub(crate) struct RecordExists {
    pub(crate) unit: Unit,
    pub(crate) key: ArchiveKey,
}
