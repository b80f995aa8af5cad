//! A store taken apart and put together again: how it moves to another engine, and how it is checked.

use async_trait::async_trait;

use super::{ImportError, ReadError, Source};
use crate::{ArchiveKey, ArchiveRecord, ImportMark, ImportStep, Unit};

/// A stored record that no longer parses.
#[derive(Debug, thiserror::Error)]
#[error("record {key} does not parse")]
pub struct CorruptRecord {
    /// Which one it is.
    pub key: ArchiveKey,
    /// What is wrong with it.
    #[source]
    pub cause: Source,
}

/// Records of one unit that follow each other.
pub type ArchivePage = Vec<Result<ArchiveRecord, CorruptRecord>>;

/// Everything that a store keeps, as records. It is used while nothing else uses the store.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Archive: Send + Sync {
    /// How many records there are, those that do not parse among them.
    ///
    /// - MUST count what [`export`](Self::export) answers: law `every_record_is_exported_once_in_the_order_of_keys`.
    async fn count(&self, unit: Unit) -> Result<u64, ReadError>;

    /// Up to `limit` records of `unit`, those after the place `after`; none is the end.
    ///
    /// - MUST answer every record once over consecutive pages, in the order of [`ArchiveKey`]: law
    ///   `every_record_is_exported_once_in_the_order_of_keys`; texts in the order of their bytes, whatever the engine's
    ///   collation: law `text_keys_are_exported_in_the_order_of_their_bytes`.
    /// - MUST answer a record that does not parse in its place and go on after it: law
    ///   `a_poisoned_record_is_exported_as_corrupt_in_its_place`. Only where a place itself cannot be read, it answers
    ///   [`ReadError::Corrupt`].
    ///
    /// It reads no more than it answers: from a key on, never from the beginning.
    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError>;

    /// The mark of the import that was begun and not finished.
    ///
    /// - MUST answer it also after the store was reopened: law `an_unfinished_import_goes_on_after_reopening`.
    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError>;

    /// Begins an import.
    ///
    /// - MUST answer [`ImportError::NotEmpty`] and change nothing when there is any record of the sides that are
    ///   imported; MUST mind no record of the other side: law `an_import_begins_only_where_nothing_is`.
    /// - MUST answer [`ImportError::OtherMark`] when another import goes on, and success when this very one has just
    ///   begun: law `an_import_begins_only_where_nothing_is`.
    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError>;

    /// Imports one page, with everything that follows from its records, and moves the mark.
    ///
    /// - MUST keep every field unchanged: law `what_was_imported_is_exported_unchanged`; what was imported MUST be seen
    ///   by every other port as if it had been written through it: laws `what_was_imported_is_read_by_every_port`,
    ///   `commits_go_on_after_an_import`.
    /// - MUST apply all of the page with its mark, or nothing: law `a_refused_page_imports_nothing`.
    /// - MUST answer success and change nothing when the mark is already where the page leads to: law
    ///   `the_same_page_imported_twice_has_one_effect`; MUST answer [`ImportError::OtherMark`] when it is elsewhere: law
    ///   `a_page_that_does_not_follow_the_mark_is_refused`.
    /// - MUST answer [`ImportError::Refused`] when a record of the page is there already: law
    ///   `a_refused_page_imports_nothing`.
    /// - MUST be durable before it answers: law `an_unfinished_import_goes_on_after_reopening`.
    async fn import(&self, step: ImportStep) -> Result<(), ImportError>;

    /// Takes the mark away: from now on it is a store like any other.
    ///
    /// - MUST answer [`ImportError::OtherMark`] when another mark is there, and success when there is none: law
    ///   `an_unfinished_import_goes_on_after_reopening`.
    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError>;
}
