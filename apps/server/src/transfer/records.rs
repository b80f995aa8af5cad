//! The records of a unit, page after page: never more than one page is in memory.

use std::collections::VecDeque;

use parlour_domain::port::{Archive, ArchivePage, CorruptRecord, ReadError};
use parlour_domain::{ArchiveKey, ArchiveRecord, Unit};

/// A record with everyone in the largest room is at most some 200 kB, so a page is at most some 40 MB.
const PAGE: u32 = 200;

pub(super) type Record = Result<ArchiveRecord, CorruptRecord>;

pub(super) fn key_of(record: &Record) -> ArchiveKey {
    match record {
        Ok(record) => record.key(),
        Err(corrupt) => corrupt.key.clone(),
    }
}

/// Reads a unit from its beginning.
pub(super) struct Records<'a> {
    archive: &'a dyn Archive,
    unit: Unit,
    after: Option<ArchiveKey>,
    read: VecDeque<Record>,
    is_at_end: bool,
}

impl<'a> Records<'a> {
    pub(super) const fn of(archive: &'a dyn Archive, unit: Unit) -> Self {
        Self { archive, unit, after: None, read: VecDeque::new(), is_at_end: false }
    }

    /// The next page; an empty one is the end.
    pub(super) async fn next_page(&mut self) -> Result<ArchivePage, ReadError> {
        let page = self.archive.export(self.unit, self.after.clone(), PAGE).await?;
        if let Some(last) = page.last() {
            self.after = Some(key_of(last));
        }
        Ok(page)
    }

    /// The record that [`take`](Self::take) would answer.
    pub(super) async fn peek(&mut self) -> Result<Option<&Record>, ReadError> {
        if self.read.is_empty() && !self.is_at_end {
            self.read = self.next_page().await?.into();
            self.is_at_end = self.read.is_empty();
        }
        Ok(self.read.front())
    }

    /// There is nothing more to be had.
    pub(super) fn stop(&mut self) {
        self.is_at_end = true;
    }

    /// The next record.
    pub(super) async fn take(&mut self) -> Result<Option<Record>, ReadError> {
        self.peek().await?;
        Ok(self.read.pop_front())
    }
}
