//! The store as records, for a copy and for a check.

mod export;
mod import;

use async_trait::async_trait;
use parlour_domain::port::{Archive, ArchivePage, ImportError, ReadError};
use parlour_domain::{ArchiveKey, ImportMark, ImportStep, Unit};

use crate::connect::JsonStore;
use crate::row::MarkRow;

#[async_trait]
impl Archive for JsonStore {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        Ok(self.read(|document| export::count(document, unit)) as u64)
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        Ok(self.read(|document| export::page(document, unit, after.as_ref(), limit)))
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        let mark = self.read(|document| document.mark.as_ref().map(MarkRow::parse).transpose());
        mark.map_err(|cause| ReadError::Corrupt(cause.into()))
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        let begun = MarkRow::of(&mark);
        self.write(|document| {
            match &document.mark {
                Some(there) if *there == begun => return Ok(()),
                Some(_) => return Err(ImportError::OtherMark),
                None => {}
            }
            if let Some(unit) = mark.units().find(|unit| export::count(document, *unit) > 0) {
                return Err(ImportError::NotEmpty(unit));
            }
            document.mark = Some(begun);
            Ok(())
        })
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        let ImportStep { from, to, records } = step;
        let (from, to) = (Some(MarkRow::of(&from)), Some(MarkRow::of(&to)));
        self.write(|document| {
            if document.mark == to {
                return Ok(());
            }
            if document.mark != from {
                return Err(ImportError::OtherMark);
            }
            for record in records {
                import::add(document, record)?;
            }
            document.mark = to;
            Ok(())
        })
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        let reached = MarkRow::of(&mark);
        self.write(|document| {
            if document.mark.as_ref().is_some_and(|there| *there != reached) {
                return Err(ImportError::OtherMark);
            }
            document.mark = None;
            Ok(())
        })
    }
}
