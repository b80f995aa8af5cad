//! [`CeremonyRepo`] on SurrealDB: a ceremony is found by the hash of its challenge, which is its record id.

use async_trait::async_trait;
use parlour_domain::port::{CeremonyRepo, TakeError, WriteError};
use parlour_domain::{Ceremony, ChallengeHash, Timestamp};
use surrealdb::types::SurrealValue;

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{CeremonyRow, id};

/// Into a database that is not set up nothing is written: it would be a table without a schema.
const INSERT: &str = "INSERT (IF epoch:inbox.n = NONE { THROW 'schema is missing' } ELSE { $row }) RETURN NONE";
const FIND: &str = "SELECT * FROM $stored";
const TAKE: &str = "RETURN array::first((DELETE $stored RETURN BEFORE))";
const REMOVE_EXPIRED: &str =
    "RETURN array::len((DELETE (SELECT VALUE id FROM ceremony WHERE expires_at <= $now LIMIT 1000) RETURN BEFORE))";

#[async_trait]
impl CeremonyRepo for SurrealStore {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        let row = CeremonyRow::from(&ceremony).into_value();
        let mut retry = Retry::default();
        loop {
            match self.engine.write(INSERT, vars([("row", row.clone())])).await {
                Err(Failure::Conflict) if retry.pause().await => {}
                Err(exists @ Failure::Exists(_)) => {
                    let stored = vars([("stored", id::ceremony(&ceremony.challenge).into_value())]);
                    let stored: Vec<CeremonyRow> = self.engine.read(FIND, stored).await?;
                    let stored = stored.into_iter().next().map(Ceremony::try_from).transpose()?;
                    return if stored.as_ref() == Some(&ceremony) { Ok(()) } else { Err(exists.into()) };
                }
                done => return Ok(done?),
            }
        }
    }

    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        let stored = id::ceremony(challenge).into_value();
        let mut retry = Retry::default();
        loop {
            let taken: Result<Option<CeremonyRow>, Unread> =
                self.engine.read(TAKE, vars([("stored", stored.clone())])).await;
            return match taken {
                Ok(row) => match row.map(Ceremony::try_from).transpose() {
                    Ok(ceremony) => Ok(ceremony),
                    Err(unread) => Err(TakeError::Corrupt(unread.into())),
                },
                Err(Unread::Failed(Failure::Conflict)) if retry.pause().await => continue,
                Err(Unread::Corrupt(source)) => Err(TakeError::Corrupt(source)),
                Err(Unread::Failed(failure)) => Err(match failure.into() {
                    WriteError::Unavailable(source) => TakeError::Unavailable(source),
                    WriteError::OutcomeUnknown(source) => TakeError::OutcomeUnknown(source),
                }),
            };
        }
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.engine.count_all(REMOVE_EXPIRED, &vars([("now", now.as_micros().into_value())])).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn ceremonies_are_found_by_record_id_or_index() {
        let stored = id::ceremony(&ChallengeHash::of(b"challenge")).into_value();
        let found = plan_of(FIND, vars([("stored", stored)])).await;
        assert!(is_bounded(&found) && found.contains("RecordIdScan"), "{found}");
        let expired = "SELECT VALUE id FROM ceremony WHERE expires_at <= $now LIMIT 1000";
        assert!(REMOVE_EXPIRED.contains(expired));
        let plan = plan_of(expired, vars([("now", 7.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("ceremony_by_end"), "{plan}");
    }
}
