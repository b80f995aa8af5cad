//! SQLite, in a directory per test.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness, copy_files};
use parlour_store_seaorm::SqlStore;
use tempfile::TempDir;

use crate::{opened, poison};

struct Sqlite {
    directory: TempDir,
    store: SqlStore,
}

impl Sqlite {
    async fn open(directory: TempDir) -> Self {
        let store = opened::open(&url(&directory)).await;
        Self { directory, store }
    }
}

fn url(directory: &TempDir) -> String {
    format!("sqlite://{}", directory.path().join("parlour.db").display())
}

#[async_trait]
impl Harness for Sqlite {
    async fn fresh() -> Self {
        Self::open(tempfile::tempdir().unwrap()).await
    }

    async fn reopen(self) -> Self {
        self.store.close().await;
        Self::open(self.directory).await
    }

    async fn crash(self) -> Self {
        let left = tempfile::tempdir().unwrap();
        copy_files(self.directory.path(), left.path()).unwrap();
        Self::open(left).await
    }

    async fn engine(&self) -> Engine {
        Engine {
            name: "SQLite".to_owned(),
            version: poison::version(&url(&self.directory), "SELECT sqlite_version() AS version").await,
        }
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
        poison::user(&poison::raw(&url(&self.directory)).await, id).await;
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        poison::passkey(&poison::raw(&url(&self.directory)).await, id).await;
    }

    async fn poison_room(&self, id: RoomId) {
        poison::room(&poison::raw(&url(&self.directory)).await, id).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        poison::entry(&poison::raw(&url(&self.directory)).await, user, seq).await;
    }
}

parlour_store_contract::contract_tests!(Sqlite);
