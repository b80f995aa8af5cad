//! The store as records, for a copy and for a check.

pub(crate) mod export;
mod import;

use async_trait::async_trait;
use parlour_domain::port::{Archive, ArchivePage, ImportError, ReadError};
use parlour_domain::{ArchiveKey, ImportMark, ImportStep, Unit};
use parlour_store_codec::{decode_mark, encode_mark};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait};

use crate::SqlStore;
use crate::classify::Failure;
use crate::row::{
    CorruptRow, answer, applied_commit, block, contact_policy, import_mark, inbox_entry, inbox_head, passkey, room,
    session, user,
};

#[async_trait]
impl Archive for SqlStore {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        Ok(count(self.reading(), unit).await.map_err(Failure::from)?)
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        match unit {
            Unit::Users => self.export_users(after, limit).await,
            Unit::Sessions => self.export_sessions(after, limit).await,
            Unit::Passkeys => self.export_passkeys(after, limit).await,
            Unit::ContactPolicies => self.export_policies(after, limit).await,
            Unit::Blocks => self.export_blocks(after, limit).await,
            Unit::Rooms => self.export_rooms(after, limit).await,
            Unit::InboxHeads => self.export_heads(after, limit).await,
            Unit::InboxEntries => self.export_entries(after, limit).await,
            Unit::Answers => self.export_answers(after, limit).await,
            Unit::AppliedCommits => self.export_commits(after, limit).await,
        }
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        let Some(bytes) = read_mark(self.reading()).await.map_err(Failure::from)? else { return Ok(None) };
        let mark = decode_mark(&bytes).map_err(|cause| Failure::from(CorruptRow::new("mark of an import", cause)))?;
        Ok(Some(mark))
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.begin(&mark).await
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        self.apply_step(step).await
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.finish(&encode_mark(&mark)).await
    }
}

async fn count(db: &impl ConnectionTrait, unit: Unit) -> Result<u64, DbErr> {
    match unit {
        Unit::Users => user::Entity::find().count(db).await,
        Unit::Sessions => session::Entity::find().count(db).await,
        Unit::Passkeys => passkey::Entity::find().count(db).await,
        Unit::ContactPolicies => contact_policy::Entity::find().count(db).await,
        Unit::Blocks => block::Entity::find().count(db).await,
        Unit::Rooms => room::Entity::find().count(db).await,
        Unit::InboxHeads => inbox_head::Entity::find().count(db).await,
        Unit::InboxEntries => inbox_entry::Entity::find().count(db).await,
        Unit::Answers => answer::Entity::find().count(db).await,
        Unit::AppliedCommits => applied_commit::Entity::find().count(db).await,
    }
}

/// Whether there is nothing of that unit, without counting what there is.
async fn is_empty(db: &impl ConnectionTrait, unit: Unit) -> Result<bool, DbErr> {
    Ok(match unit {
        Unit::Users => user::Entity::find().one(db).await?.is_none(),
        Unit::Sessions => session::Entity::find().one(db).await?.is_none(),
        Unit::Passkeys => passkey::Entity::find().one(db).await?.is_none(),
        Unit::ContactPolicies => contact_policy::Entity::find().one(db).await?.is_none(),
        Unit::Blocks => block::Entity::find().one(db).await?.is_none(),
        Unit::Rooms => room::Entity::find().one(db).await?.is_none(),
        Unit::InboxHeads => inbox_head::Entity::find().one(db).await?.is_none(),
        Unit::InboxEntries => inbox_entry::Entity::find().one(db).await?.is_none(),
        Unit::Answers => answer::Entity::find().one(db).await?.is_none(),
        Unit::AppliedCommits => applied_commit::Entity::find().one(db).await?.is_none(),
    })
}

/// The stored mark, as it is stored.
pub(crate) async fn read_mark(db: &impl ConnectionTrait) -> Result<Option<Vec<u8>>, DbErr> {
    Ok(import_mark::Entity::find_by_id(import_mark::ONLY).one(db).await?.map(|row| row.mark))
}
