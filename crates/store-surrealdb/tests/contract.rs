//! The laws of `parlour-store-contract`, on both engines.

#![expect(clippy::unwrap_used, reason = "a harness may panic when the engine fails it")]

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};
use parlour_domain::{RoomId, Seq, UserId};
use parlour_store_contract::Harness;
use parlour_store_surrealdb::SurrealStore;
use tempfile::TempDir;

async fn poison_user(store: &SurrealStore, id: UserId) {
    store.run_raw(&format!("UPDATE user:u'{id}' SET username = 'no'")).await.unwrap();
}

async fn poison_room(store: &SurrealStore, id: RoomId) {
    store.run_raw(&format!("UPDATE room:u'{id}' SET kind = 'bazaar'")).await.unwrap();
}

async fn poison_entry(store: &SurrealStore, user: UserId, seq: Seq) {
    store.run_raw(&format!("UPDATE inbox:[u'{user}', -{seq}] SET event = <bytes>'[]'")).await.unwrap();
}

/// Every store in a directory of its own.
struct OnDisk {
    store: SurrealStore,
    dir: TempDir,
}

impl OnDisk {
    async fn open(dir: TempDir) -> Self {
        let url = format!("surrealkv://{}/store", dir.path().display());
        Self { store: SurrealStore::connect(&url).await.unwrap(), dir }
    }
}

/// Its data lives as long as the store.
struct InMemory {
    store: SurrealStore,
}

macro_rules! harness {
    ($harness:ty, $fresh:expr, |$self:ident| $reopen:expr) => {
        #[async_trait]
        impl Harness for $harness {
            async fn fresh() -> Self {
                $fresh
            }

            async fn reopen(self) -> Self {
                let $self = self;
                $reopen
            }

            fn users(&self) -> Arc<dyn UserRepo> {
                Arc::new(self.store.clone())
            }

            fn sessions(&self) -> Arc<dyn SessionRepo> {
                Arc::new(self.store.clone())
            }

            fn rooms(&self) -> Arc<dyn RoomRepo> {
                Arc::new(self.store.clone())
            }

            fn inboxes(&self) -> Arc<dyn InboxRepo> {
                Arc::new(self.store.clone())
            }

            async fn poison_user(&self, id: UserId) {
                poison_user(&self.store, id).await;
            }

            async fn poison_room(&self, id: RoomId) {
                poison_room(&self.store, id).await;
            }

            async fn poison_entry(&self, user: UserId, seq: Seq) {
                poison_entry(&self.store, user, seq).await;
            }
        }
    };
}

harness!(OnDisk, Self::open(tempfile::tempdir().unwrap()).await, |harness| {
    harness.store.close().await;
    Self::open(harness.dir).await
});

harness!(InMemory, Self { store: SurrealStore::connect("surreal-mem:").await.unwrap() }, |harness| harness);

mod surrealkv {
    parlour_store_contract::contract_tests!(super::OnDisk);
}

mod in_memory {
    parlour_store_contract::contract_tests!(super::InMemory);
}
