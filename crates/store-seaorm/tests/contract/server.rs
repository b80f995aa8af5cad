//! PostgreSQL and MySQL or MariaDB, each test with a database that it makes and drops.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness};
use parlour_store_seaorm::SqlStore;

use crate::scratch::{self, Scratch};
use crate::{opened, poison};

struct Server<E: scratch::Engine> {
    store: SqlStore,
    database: Scratch<E>,
}

impl<E: scratch::Engine> Server<E> {
    async fn open(database: Scratch<E>) -> Self {
        Self { store: opened::open(&database.url()).await, database }
    }
}

#[async_trait]
impl<E: scratch::Engine> Harness for Server<E> {
    /// Each store has up to 16 connections, and PostgreSQL lets 97 in when nobody has set it.
    const AT_ONCE: usize = 4;

    async fn fresh() -> Self {
        Self::open(Scratch::make().await).await
    }

    async fn reopen(self) -> Self {
        self.store.close().await;
        Self::open(self.database).await
    }

    async fn crash(self) -> Self {
        Self::open(self.database).await
    }

    async fn engine(&self) -> Engine {
        let version = poison::version(&self.database.url(), "SELECT version() AS version").await;
        let name = match E::FIRST {
            "postgres" => "PostgreSQL",
            _ if version.contains("MariaDB") => "MariaDB",
            _ => "MySQL",
        };
        let number = version.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap();
        let number = number.split('-').next().unwrap().to_owned();
        Engine { name: name.to_owned(), version: number }
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
        poison::user(&self.database.raw().await, id).await;
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        poison::passkey(&self.database.raw().await, id).await;
    }

    async fn poison_room(&self, id: RoomId) {
        poison::room(&self.database.raw().await, id).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        poison::entry(&self.database.raw().await, user, seq).await;
    }
}

mod postgres {
    parlour_store_contract::contract_tests!(super::Server<crate::scratch::Postgres>);
}

mod mysql {
    parlour_store_contract::contract_tests!(super::Server<crate::scratch::MySql>);
}
