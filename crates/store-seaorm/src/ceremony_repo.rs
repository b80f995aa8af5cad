//! The ceremonies that were begun.

use async_trait::async_trait;
use parlour_domain::port::{CeremonyRepo, TakeError, WriteError};
use parlour_domain::{Ceremony, ChallengeHash, Timestamp};
use sea_orm::{EntityTrait, Insert};

use crate::SqlStore;
use crate::classify::{is_duplicate, statement_failed};
use crate::row::ceremony::{Column, Entity, Model};

#[async_trait]
impl CeremonyRepo for SqlStore {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        let row = Model::from(&ceremony);
        let unavailable = |error: sea_orm::DbErr| WriteError::Unavailable(error.into());
        match Insert::one(row.clone()).exec_without_returning(self.writing()).await {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => {
                let stored = Entity::find_by_id(row.challenge.clone()).one(self.reading()).await;
                if stored.map_err(unavailable)?.as_ref() == Some(&row) { Ok(()) } else { Err(unavailable(error)) }
            }
            Err(error) => Err(statement_failed(error)),
        }
    }

    /// A ceremony never changes, so it may be read first: it belongs to whoever deletes it.
    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        let by_challenge = challenge.as_bytes().to_vec();
        let stored = Entity::find_by_id(by_challenge.clone()).one(self.reading()).await;
        let Some(row) = stored.map_err(|error| TakeError::Unavailable(error.into()))? else { return Ok(None) };
        match Entity::delete_by_id(by_challenge).exec(self.writing()).await.map_err(statement_failed) {
            Ok(deleted) if deleted.rows_affected == 0 => Ok(None),
            Ok(_) => Ceremony::try_from(row).map(Some).map_err(|row| TakeError::Corrupt(row.into())),
            Err(WriteError::Unavailable(source)) => Err(TakeError::Unavailable(source)),
            Err(WriteError::OutcomeUnknown(source)) => Err(TakeError::OutcomeUnknown(source)),
        }
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.remove_ended::<Entity>(&[Column::Challenge], Column::ExpiresAt, now).await
    }
}
