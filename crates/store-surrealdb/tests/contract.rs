//! The laws of `parlour-store-contract`, on every embedded engine of the build.

#![expect(clippy::unwrap_used, reason = "a harness may panic when the engine fails it")]

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness, copy_files};
use parlour_store_surrealdb::{ConnectError, SurrealStore};
use tempfile::TempDir;

/// An engine that is embedded.
trait Embedding: Send + Sync + 'static {
    const NAME: &str;
    /// Its scheme when it keeps its data in a directory; otherwise they live as long as the store.
    const SCHEME_ON_DISK: Option<&str>;
}

struct InMemory;

impl Embedding for InMemory {
    const NAME: &str = "SurrealDB in memory";
    const SCHEME_ON_DISK: Option<&str> = None;
}

struct SurrealKv;

impl Embedding for SurrealKv {
    const NAME: &str = "SurrealKV";
    const SCHEME_ON_DISK: Option<&str> = Some("surrealkv");
}

#[cfg(feature = "rocksdb")]
struct RocksDb;

#[cfg(feature = "rocksdb")]
impl Embedding for RocksDb {
    const NAME: &str = "RocksDB";
    const SCHEME_ON_DISK: Option<&str> = Some("rocksdb");
}

fn url<E: Embedding>(dir: Option<&Path>) -> String {
    match (E::SCHEME_ON_DISK, dir) {
        (Some(scheme), Some(dir)) => format!("{scheme}://{}/store", dir.display()),
        _ => "surreal-mem:".to_owned(),
    }
}

/// A store on that engine, in a directory of its own where it needs one.
///
/// Of strangers every port that is asked for is a store that knows nothing of what the others remember or have under
/// way, as if each were a process of its own: what they race for is decided by the engine alone.
struct Embedded<E, const STRANGERS: bool = false> {
    store: SurrealStore,
    dir: Option<TempDir>,
    engine: PhantomData<E>,
}

impl<E: Embedding, const STRANGERS: bool> Embedded<E, STRANGERS> {
    async fn open(dir: Option<TempDir>) -> Self {
        let url = url::<E>(dir.as_ref().map(TempDir::path));
        let store = match SurrealStore::connect(&url).await {
            Err(ConnectError::UnfinishedCopy { .. }) => SurrealStore::connect_to_copy(&url).await.unwrap(),
            opened => opened.unwrap(),
        };
        Self { store, dir, engine: PhantomData }
    }

    fn port(&self) -> Arc<SurrealStore> {
        Arc::new(if STRANGERS { self.store.stranger() } else { self.store.clone() })
    }

    async fn poison(&self, text: String) {
        self.store.run_raw(&text).await.unwrap();
    }
}

#[async_trait]
impl<E: Embedding, const STRANGERS: bool> Harness for Embedded<E, STRANGERS> {
    async fn fresh() -> Self {
        Self::open(E::SCHEME_ON_DISK.map(|_| tempfile::tempdir().unwrap())).await
    }

    async fn reopen(self) -> Self {
        if self.dir.is_none() {
            return self;
        }
        self.store.close().await;
        Self::open(self.dir).await
    }

    async fn crash(self) -> Self {
        let Some(dir) = &self.dir else { return self };
        let left = tempfile::tempdir().unwrap();
        copy_files(dir.path(), left.path()).unwrap();
        Self::open(Some(left)).await
    }

    async fn engine(&self) -> Engine {
        Engine { name: E::NAME.to_owned(), version: self.store.engine_version().await.unwrap() }
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        self.port()
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        self.port()
    }

    fn passkeys(&self) -> Arc<dyn PasskeyRepo> {
        self.port()
    }

    fn ceremonies(&self) -> Arc<dyn CeremonyRepo> {
        self.port()
    }

    fn profiles(&self) -> Arc<dyn ProfileRepo> {
        self.port()
    }

    fn contacts(&self) -> Arc<dyn ContactRepo> {
        self.port()
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        self.port()
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        self.port()
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.port()
    }

    async fn poison_user(&self, id: UserId) {
        self.poison(format!("UPDATE user:u'{id}' SET username = 'no'")).await;
    }

    async fn poison_passkey(&self, id: &CredentialId) {
        self.poison(format!("UPDATE passkey:`{id}` SET name = ''")).await;
    }

    async fn poison_room(&self, id: RoomId) {
        self.poison(format!("UPDATE room:u'{id}' SET kind = 'bazaar'")).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.poison(format!("UPDATE inbox:[u'{user}', -{seq}] SET event = <bytes>'[]'")).await;
    }
}

mod surrealkv {
    parlour_store_contract::contract_tests!(super::Embedded<super::SurrealKv>);
}

mod in_memory {
    parlour_store_contract::contract_tests!(super::Embedded<super::InMemory>);
}

#[cfg(feature = "rocksdb")]
mod rocksdb {
    parlour_store_contract::contract_tests!(super::Embedded<super::RocksDb>);
}

/// The laws of races once more, where nothing but the engine keeps them.
mod strangers {
    use parlour_store_contract::{laws, prove};

    use super::{Embedded, InMemory, SurrealKv};

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_direct_room_wins_on_surrealkv() {
        prove::<Embedded<SurrealKv, true>, _>(laws::of_racing_direct_rooms_of_one_pair_exactly_one_wins).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_direct_room_wins_in_memory() {
        prove::<Embedded<InMemory, true>, _>(laws::of_racing_direct_rooms_of_one_pair_exactly_one_wins).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn inboxes_stay_dense_on_surrealkv() {
        prove::<Embedded<SurrealKv, true>, _>(laws::inboxes_stay_dense_under_concurrency).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn inboxes_stay_dense_in_memory() {
        prove::<Embedded<InMemory, true>, _>(laws::inboxes_stay_dense_under_concurrency).await;
    }

    #[cfg(feature = "rocksdb")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_direct_room_wins_on_rocksdb() {
        prove::<Embedded<super::RocksDb, true>, _>(laws::of_racing_direct_rooms_of_one_pair_exactly_one_wins).await;
    }

    #[cfg(feature = "rocksdb")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn inboxes_stay_dense_on_rocksdb() {
        prove::<Embedded<super::RocksDb, true>, _>(laws::inboxes_stay_dense_under_concurrency).await;
    }
}

/// Thousands of races for a direct room that the engine alone decides.
#[cfg(feature = "extended-tests")]
mod extended {
    use parlour_store_contract::{Harness, race_direct_rooms};

    use super::{Embedded, InMemory, SurrealKv};

    const ROUNDS: usize = 2_000;

    async fn race<H: Harness>(racers: usize) {
        let verdict = race_direct_rooms(&H::fresh().await, ROUNDS, racers).await;
        assert_eq!(verdict.map_err(|violation| violation.to_string()), Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_four_racers_on_surrealkv_one_wins_two_thousand_times() {
        race::<Embedded<SurrealKv, true>>(4).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixteen_racers_on_surrealkv_one_wins_two_thousand_times() {
        race::<Embedded<SurrealKv, true>>(16).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_four_racers_in_memory_one_wins_two_thousand_times() {
        race::<Embedded<InMemory, true>>(4).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixteen_racers_in_memory_one_wins_two_thousand_times() {
        race::<Embedded<InMemory, true>>(16).await;
    }

    #[cfg(feature = "rocksdb")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_four_racers_on_rocksdb_one_wins_two_thousand_times() {
        race::<Embedded<super::RocksDb, true>>(4).await;
    }

    #[cfg(feature = "rocksdb")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixteen_racers_on_rocksdb_one_wins_two_thousand_times() {
        race::<Embedded<super::RocksDb, true>>(16).await;
    }
}
