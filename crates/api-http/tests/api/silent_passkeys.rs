//! The passkeys of a store that never answers.

use std::future::pending;

use async_trait::async_trait;
use parlour_domain::port::{
    AddPasskeyError, CeremonyRepo, PasskeyRepo, ReadError, RegisterError, TakeError, WriteError,
};
use parlour_domain::{
    Ceremony, ChallengeHash, CredentialId, Passkey, PasskeyRemoval, PasskeyUse, Timestamp, User, UserId,
};

use crate::silence::Silent;

#[async_trait]
impl PasskeyRepo for Silent {
    async fn register(&self, _: User, _: Passkey) -> Result<(), RegisterError> {
        pending().await
    }

    async fn add(&self, _: Passkey) -> Result<(), AddPasskeyError> {
        pending().await
    }

    async fn find(&self, _: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        pending().await
    }

    async fn list_of(&self, _: UserId) -> Result<Vec<Passkey>, ReadError> {
        pending().await
    }

    async fn record_use(&self, _: PasskeyUse) -> Result<bool, WriteError> {
        pending().await
    }

    async fn remove(&self, _: UserId, _: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        pending().await
    }
}

#[async_trait]
impl CeremonyRepo for Silent {
    async fn insert(&self, _: Ceremony) -> Result<(), WriteError> {
        pending().await
    }

    async fn take(&self, _: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        pending().await
    }

    async fn remove_expired(&self, _: Timestamp) -> Result<u64, WriteError> {
        pending().await
    }
}
