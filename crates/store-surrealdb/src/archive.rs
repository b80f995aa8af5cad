//! The store as records, for a copy and for a check.

mod export;
mod import;
mod inboxes;

use async_trait::async_trait;
use parlour_domain::port::{Archive, ArchivePage, ImportError, ReadError};
use parlour_domain::{ArchiveKey, ImportMark, ImportStep, Unit};
use parlour_store_codec::decode_mark;
use surrealdb::types::{Bytes, RecordId, SurrealValue, Value};

use crate::SurrealStore;
use crate::classify::Unread;
use crate::connect::vars;

const MARK: &str = "SELECT VALUE mark FROM ONLY import_mark:only";

#[async_trait]
impl Archive for SurrealStore {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        Ok(self.count_records(unit).await?)
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        Ok(self.export_page(unit, after, limit).await?)
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        Ok(self.import_mark().await?)
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.begin(&mark).await
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        self.apply_step(step).await
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.finish(&mark).await
    }
}

impl SurrealStore {
    pub(crate) async fn import_mark(&self) -> Result<Option<ImportMark>, Unread> {
        let bytes: Option<Bytes> = self.engine.read(MARK, vars([])).await?;
        bytes.map(|bytes| decode_mark(&bytes).map_err(Unread::corrupt)).transpose()
    }

    async fn count_records(&self, unit: Unit) -> Result<u64, Unread> {
        let text = match unit {
            Unit::Users => "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM user GROUP ALL))) ?? 0",
            Unit::Sessions => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM session GROUP ALL))) ?? 0"
            }
            Unit::Passkeys => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM passkey GROUP ALL))) ?? 0"
            }
            Unit::ContactPolicies => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM contact_policy GROUP ALL))) ?? 0"
            }
            Unit::Blocks => "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM block GROUP ALL))) ?? 0",
            Unit::Rooms => "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM room GROUP ALL))) ?? 0",
            // A head is no record of its own.
            Unit::InboxHeads => return self.count_inboxes().await,
            Unit::InboxEntries => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM inbox GROUP ALL))) ?? 0"
            }
            Unit::Answers => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM answer GROUP ALL))) ?? 0"
            }
            Unit::AppliedCommits => {
                "RETURN array::first((SELECT VALUE count FROM (SELECT count() FROM applied_commit GROUP ALL))) ?? 0"
            }
        };
        let counted: i64 = self.engine.read(text, vars([])).await?;
        u64::try_from(counted).map_err(Unread::corrupt)
    }

    /// Whether there is nothing of that unit, without counting what there is.
    async fn is_empty(&self, unit: Unit) -> Result<bool, Unread> {
        Ok(self.export_page(unit, None, 1).await?.is_empty())
    }
}

/// The id of a row, whatever else of it can be read.
fn id_value(row: &Value) -> Result<RecordId, Unread> {
    let Value::Object(fields) = row else { return Err(Unread::corrupt("row is no object")) };
    let id = fields.get("id").cloned().ok_or_else(|| Unread::corrupt("record has no id"))?;
    RecordId::from_value(id).map_err(Unread::corrupt)
}
