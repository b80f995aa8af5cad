//! The ceremonies that were begun.

use async_trait::async_trait;
use parlour_domain::port::{CeremonyRepo, TakeError, WriteError};
use parlour_domain::{Ceremony, ChallengeHash, Timestamp};

use crate::connect::JsonStore;
use crate::row::passkey::{CeremonyRow, challenge_key};

#[async_trait]
impl CeremonyRepo for JsonStore {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        self.write(|document| {
            document.ceremonies.insert(challenge_key(&ceremony.challenge), CeremonyRow::of(&ceremony));
            Ok(())
        })
    }

    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        let row = self.write(|document| Ok::<_, TakeError>(document.ceremonies.remove(&challenge_key(challenge))))?;
        row.map(|row| row.parse(*challenge)).transpose().map_err(TakeError::Corrupt)
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.write(|document| {
            let expired = document.ceremonies.extract_if(.., |_, row| row.expires_at <= now.as_micros());
            Ok(expired.map(|_| 1).sum())
        })
    }
}
