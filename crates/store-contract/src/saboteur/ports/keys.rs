//! Passkeys and ceremonies of a store to which a sabotage happens.

use async_trait::async_trait;
use parlour_domain::port::{
    AddPasskeyError, CeremonyRepo, PasskeyRepo, ReadError, RegisterError, TakeError, WriteError,
};
use parlour_domain::{
    Ceremony, ChallengeHash, CredentialId, Passkey, PasskeyRemoval, PasskeyUse, Timestamp, User, UserId,
};

use super::{Sabotage, Store};

#[async_trait]
impl<S: Sabotage> PasskeyRepo for Store<S> {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        self.sabotage.register(&self.ports, user, passkey).await
    }

    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        self.sabotage.add_passkey(&self.ports, passkey).await
    }

    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        self.sabotage.find_passkey(&self.ports, id).await
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        self.sabotage.list_passkeys(&self.ports, user).await
    }

    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        self.sabotage.record_use(&self.ports, used).await
    }

    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        self.sabotage.remove_passkey(&self.ports, user, id).await
    }
}

#[async_trait]
impl<S: Sabotage> CeremonyRepo for Store<S> {
    async fn insert(&self, ceremony: Ceremony) -> Result<(), WriteError> {
        self.sabotage.insert_ceremony(&self.ports, ceremony).await
    }

    async fn take(&self, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        self.sabotage.take_ceremony(&self.ports, challenge).await
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.sabotage.remove_expired_ceremonies(&self.ports, now).await
    }
}
