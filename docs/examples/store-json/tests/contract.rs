//! The laws of `parlour-store-contract`, each on a file of its own.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness, copy_files};
use serde_json::Value;
use store_json::{ConnectError, JsonStore};
use tempfile::TempDir;

struct InDirectory {
    store: JsonStore,
    directory: TempDir,
}

impl InDirectory {
    fn open(directory: TempDir) -> Self {
        let path = directory.path().join("store.json");
        let store = match JsonStore::open(&path) {
            Err(ConnectError::UnfinishedCopy(..)) => JsonStore::open_to_copy(&path).unwrap(),
            opened => opened.unwrap(),
        };
        Self { store, directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("store.json")
    }

    /// Changes one value in the file.
    fn damage(&self, place: &str, value: impl Into<Value>) {
        let mut document: Value = serde_json::from_slice(&fs::read(self.path()).unwrap()).unwrap();
        *document.pointer_mut(place).unwrap() = value.into();
        fs::write(self.path(), document.to_string()).unwrap();
        self.store.reload().unwrap();
    }
}

#[async_trait]
impl Harness for InDirectory {
    async fn fresh() -> Self {
        Self::open(tempfile::tempdir().unwrap())
    }

    async fn reopen(self) -> Self {
        drop(self.store);
        Self::open(self.directory)
    }

    async fn crash(self) -> Self {
        let left = tempfile::tempdir().unwrap();
        copy_files(self.directory.path(), left.path()).unwrap();
        Self::open(left)
    }

    async fn engine(&self) -> Engine {
        Engine { name: "JSON file".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        Arc::new(self.store.clone())
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        Arc::new(self.store.clone())
    }

    fn passkeys(&self) -> Arc<dyn PasskeyRepo> {
        Arc::new(self.store.clone())
    }

    fn ceremonies(&self) -> Arc<dyn CeremonyRepo> {
        Arc::new(self.store.clone())
    }

    fn profiles(&self) -> Arc<dyn ProfileRepo> {
        Arc::new(self.store.clone())
    }

    fn contacts(&self) -> Arc<dyn ContactRepo> {
        Arc::new(self.store.clone())
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        Arc::new(self.store.clone())
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        Arc::new(self.store.clone())
    }

    fn archive(&self) -> Arc<dyn Archive> {
        Arc::new(self.store.clone())
    }

    async fn poison_user(&self, id: UserId) {
        self.damage(&format!("/users/{id}/username"), "x");
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        self.damage(&format!("/passkeys/{id}/name"), "");
    }

    async fn poison_room(&self, id: RoomId) {
        self.damage(&format!("/rooms/{id}/revision"), 0);
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.damage(&format!("/inboxes/{user}/entries/{seq}"), uuid::Uuid::nil().to_string());
    }
}

parlour_store_contract::contract_tests!(InDirectory);
