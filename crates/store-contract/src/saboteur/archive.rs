//! What goes wrong when a store is taken apart and put together again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{ArchivePage, ImportError, ReadError};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, ImportMark, ImportStep, InboxHead, Room, RoomCursor, Seq, Timestamp, Unit, UserId,
};

use super::{Ports, Sabotage, lock};
use crate::observe::ALL;

/// Off by one where a page follows another.
#[derive(Debug, Default)]
pub struct SkipsOneBetweenPages;

#[async_trait]
impl Sabotage for SkipsOneBetweenPages {
    async fn export(
        &self,
        to: &Ports,
        unit: Unit,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        let skipped = usize::from(after.is_some());
        Ok(to.archive.export(unit, after, limit).await?.into_iter().skip(skipped).collect())
    }
}

/// A collation that does not tell cases apart.
#[derive(Debug, Default)]
pub struct ExportsWithoutCase;

#[async_trait]
impl Sabotage for ExportsWithoutCase {
    async fn export(
        &self,
        to: &Ports,
        unit: Unit,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        if unit != Unit::Answers {
            return to.archive.export(unit, after, limit).await;
        }
        let folded = |key: &ArchiveKey| format!("{key:?}").to_lowercase();
        let mut all = to.archive.export(unit, None, ALL).await?;
        all.sort_by_cached_key(|record| folded(&crate::world::key_of(record)));
        let after = after.map(|key| folded(&key));
        let later = all
            .into_iter()
            .filter(|record| after.as_ref().is_none_or(|after| folded(&crate::world::key_of(record)) > *after));
        Ok(later.zip(0..limit).map(|(record, _)| record).collect())
    }
}

/// A record that does not parse is dropped from the page.
#[derive(Debug, Default)]
pub struct ExportsOnlyGoodRecords;

#[async_trait]
impl Sabotage for ExportsOnlyGoodRecords {
    async fn export(
        &self,
        to: &Ports,
        unit: Unit,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        let page = to.archive.export(unit, after, limit).await?;
        Ok(page.into_iter().filter(Result::is_ok).collect())
    }
}

/// Whatever is there is written over.
#[derive(Debug, Default)]
pub struct BeginsAnywhere;

#[async_trait]
impl Sabotage for BeginsAnywhere {
    async fn begin_import(&self, to: &Ports, mark: ImportMark) -> Result<(), ImportError> {
        match to.archive.begin_import(mark).await {
            Err(ImportError::NotEmpty(_)) => Ok(()),
            outcome => outcome,
        }
    }
}

/// A column that nobody thought of.
#[derive(Debug, Default)]
pub struct ImportsNothingForgotten;

#[async_trait]
impl Sabotage for ImportsNothingForgotten {
    async fn import(&self, to: &Ports, mut step: ImportStep) -> Result<(), ImportError> {
        for record in &mut step.records {
            if let ArchiveRecord::Head(head) = record {
                *head = InboxHead { forgotten: Seq::ZERO, ..*head };
            }
        }
        to.archive.import(step).await
    }
}

/// The rooms are there, and nothing leads to them.
#[derive(Debug, Default)]
pub struct ImportsNoMemberships {
    is_imported: AtomicBool,
}

#[async_trait]
impl Sabotage for ImportsNoMemberships {
    async fn import(&self, to: &Ports, step: ImportStep) -> Result<(), ImportError> {
        self.is_imported.store(true, Ordering::Relaxed);
        to.archive.import(step).await
    }

    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        if self.is_imported.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        to.rooms.list_of(user, now, after, limit).await
    }
}

/// Who needs the ids of old commits?
#[derive(Debug, Default)]
pub struct ImportsNoCommits;

#[async_trait]
impl Sabotage for ImportsNoCommits {
    async fn import(&self, to: &Ports, mut step: ImportStep) -> Result<(), ImportError> {
        step.records.retain(|record| record.unit() != Unit::AppliedCommits);
        to.archive.import(step).await
    }
}

/// A transaction per record.
#[derive(Debug, Default)]
pub struct ImportsOneByOne;

#[async_trait]
impl Sabotage for ImportsOneByOne {
    async fn import(&self, to: &Ports, step: ImportStep) -> Result<(), ImportError> {
        let mut mark = step.from;
        for record in step.records {
            let Some(step) = ImportStep::new(mark, vec![record]) else { break };
            mark = step.to.clone();
            to.archive.import(step).await?;
        }
        Ok(())
    }
}

/// Whoever asks again is told that the place is another.
#[derive(Debug, Default)]
pub struct RefusesThePageAgain {
    imported: Mutex<HashMap<Unit, ImportMark>>,
}

#[async_trait]
impl Sabotage for RefusesThePageAgain {
    async fn import(&self, to: &Ports, step: ImportStep) -> Result<(), ImportError> {
        if let Some((unit, _)) = &step.to.reached
            && lock(&self.imported).insert(*unit, step.to.clone()).as_ref() == Some(&step.to)
        {
            return Err(ImportError::OtherMark);
        }
        to.archive.import(step).await
    }
}

/// The mark is written, and never looked at.
#[derive(Debug, Default)]
pub struct IgnoresTheMark;

#[async_trait]
impl Sabotage for IgnoresTheMark {
    async fn import(&self, to: &Ports, step: ImportStep) -> Result<(), ImportError> {
        match to.archive.import(step).await {
            Err(ImportError::OtherMark) => Ok(()),
            outcome => outcome,
        }
    }
}

/// The mark lives as long as the process.
#[derive(Debug, Default)]
pub struct KeepsTheMarkInMemory {
    mark: Mutex<Option<ImportMark>>,
}

#[async_trait]
impl Sabotage for KeepsTheMarkInMemory {
    async fn unfinished_import(&self, to: &Ports) -> Result<Option<ImportMark>, ReadError> {
        to.archive.unfinished_import().await?;
        Ok(lock(&self.mark).clone())
    }

    async fn begin_import(&self, to: &Ports, mark: ImportMark) -> Result<(), ImportError> {
        to.archive.begin_import(mark.clone()).await?;
        *lock(&self.mark) = Some(mark);
        Ok(())
    }
}
