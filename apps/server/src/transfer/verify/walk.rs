//! Walking the units of a store that is checked.

use parlour_domain::port::ReadError;
use parlour_domain::{ArchiveRecord, Unit};

use super::{Check, Findings};
use crate::transfer::progress::Step;
use crate::transfer::records::{Record, Records, key_of};

/// A unit on its way from its first page to its last.
pub(super) struct Walk<'a> {
    unit: Unit,
    records: Records<'a>,
    step: Step,
    total: u64,
    seen: u64,
}

impl<'a> Check<'a> {
    pub(super) async fn walk(&self, unit: Unit) -> Result<Walk<'a>, ReadError> {
        let total = self.store.archive.count(unit).await?;
        let step = self.progress.begin("checking", unit, total);
        Ok(Walk { unit, records: Records::of(&*self.store.archive, unit), step, total, seen: 0 })
    }

    /// The next page; `None` at the end, or where the unit cannot be read any further, and then it is counted.
    pub(super) async fn page(&mut self, walk: &mut Walk<'a>) -> Result<Option<Vec<Record>>, ReadError> {
        match walk.records.next_page().await {
            Ok(page) if page.is_empty() => {}
            Ok(page) => {
                walk.step.advance(page.len());
                walk.seen += page.len() as u64;
                for record in &page {
                    note(&mut self.found, walk.unit, record);
                }
                return Ok(Some(page));
            }
            Err(ReadError::Corrupt(cause)) => {
                self.found.add_of_unit(walk.unit, format!("cannot be read any further: {cause}"));
            }
            Err(unavailable) => return Err(unavailable),
        }
        self.counted(walk.unit, walk.total, walk.seen);
        Ok(None)
    }

    /// What parses of the next page.
    pub(super) async fn parsed_page(&mut self, walk: &mut Walk<'a>) -> Result<Option<Vec<ArchiveRecord>>, ReadError> {
        let page = self.page(walk).await?;
        Ok(page.map(|page| page.into_iter().flatten().collect()))
    }

    pub(super) fn counted(&mut self, unit: Unit, total: u64, seen: u64) {
        self.found.records.push((unit, seen));
        if total != seen {
            self.found.add_of_unit(unit, format!("there are {total} records, of which {seen} are found by their keys"));
        }
    }
}

pub(super) fn note(found: &mut Findings, unit: Unit, record: &Record) {
    if let Err(corrupt) = record {
        found.add(unit, &key_of(record), format!("does not parse: {}", corrupt.cause));
    }
}
