//! The ceremonies that were begun.

use async_trait::async_trait;
use parlour_domain::port::{CeremonyRepo, TakeError, WriteError};
use parlour_domain::{Ceremony, ChallengeHash, Timestamp};

use crate::connect::MemoryStore;

#[async_trait]
impl CeremonyRepo for MemoryStore {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        self.write().ceremonies.insert(ceremony.challenge, ceremony);
        Ok(())
    }

    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        Ok(self.write().ceremonies.remove(challenge))
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        let mut tables = self.write();
        let expired = tables.ceremonies.extract_if(.., |_, ceremony| ceremony.expires_at <= now);
        Ok(expired.map(|_| 1).sum())
    }
}
