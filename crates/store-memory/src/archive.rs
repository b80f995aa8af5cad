//! The store as records, for a copy and for a check.

mod export;
mod import;

use async_trait::async_trait;
use parlour_domain::port::{Archive, ArchivePage, ImportError, ReadError};
use parlour_domain::{ArchiveKey, ImportMark, ImportStep, Side, Unit};

use crate::connect::MemoryStore;

#[async_trait]
impl Archive for MemoryStore {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        Ok(export::count(&self.read(), unit) as u64)
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        Ok(export::page(&self.read(), unit, after.as_ref(), limit))
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        Ok(self.read().mark.clone())
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        let mut tables = self.write();
        match &tables.mark {
            Some(begun) if *begun == mark => return Ok(()),
            Some(_) => return Err(ImportError::OtherMark),
            None => {}
        }
        if let Some(unit) =
            mark.sides.iter().copied().flat_map(Side::units).find(|unit| export::count(&tables, **unit) > 0)
        {
            return Err(ImportError::NotEmpty(*unit));
        }
        tables.mark = Some(mark);
        Ok(())
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        let ImportStep { from, to, records } = step;
        let mut tables = self.write();
        if tables.mark.as_ref() == Some(&to) {
            return Ok(());
        }
        if tables.mark.as_ref() != Some(&from) {
            return Err(ImportError::OtherMark);
        }
        import::check(&tables, &records)?;
        import::apply(&mut tables, records);
        tables.mark = Some(to);
        Ok(())
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        let mut tables = self.write();
        if tables.mark.as_ref().is_some_and(|there| *there != mark) {
            return Err(ImportError::OtherMark);
        }
        tables.mark = None;
        Ok(())
    }
}
