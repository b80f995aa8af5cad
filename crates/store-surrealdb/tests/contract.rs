//! The laws of `parlour-store-contract`, on both engines.

#![expect(clippy::unwrap_used, reason = "a harness may panic when the engine fails it")]

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};
use parlour_domain::{RoomId, Seq, UserId};
use parlour_store_contract::Harness;
use parlour_store_surrealdb::SurrealStore;
use tempfile::TempDir;

/// A store in a directory of its own, or one whose data lives as long as the store.
///
/// Of strangers every port that is asked for is a store that knows nothing of what the others remember or have under
/// way, as if each were a process of its own: what they race for is decided by the engine alone.
struct Embedded<const ON_DISK: bool, const STRANGERS: bool> {
    store: SurrealStore,
    dir: Option<TempDir>,
}

impl<const ON_DISK: bool, const STRANGERS: bool> Embedded<ON_DISK, STRANGERS> {
    async fn open(dir: Option<TempDir>) -> Self {
        let url = match &dir {
            Some(dir) => format!("surrealkv://{}/store", dir.path().display()),
            None => "surreal-mem:".to_owned(),
        };
        Self { store: SurrealStore::connect(&url).await.unwrap(), dir }
    }

    fn port(&self) -> Arc<SurrealStore> {
        Arc::new(if STRANGERS { self.store.stranger() } else { self.store.clone() })
    }

    async fn poison(&self, text: String) {
        self.store.run_raw(&text).await.unwrap();
    }
}

#[async_trait]
impl<const ON_DISK: bool, const STRANGERS: bool> Harness for Embedded<ON_DISK, STRANGERS> {
    async fn fresh() -> Self {
        Self::open(ON_DISK.then(|| tempfile::tempdir().unwrap())).await
    }

    async fn reopen(self) -> Self {
        if !ON_DISK {
            return self;
        }
        self.store.close().await;
        Self::open(self.dir).await
    }

    fn users(&self) -> Arc<dyn UserRepo> {
        self.port()
    }

    fn sessions(&self) -> Arc<dyn SessionRepo> {
        self.port()
    }

    fn rooms(&self) -> Arc<dyn RoomRepo> {
        self.port()
    }

    fn inboxes(&self) -> Arc<dyn InboxRepo> {
        self.port()
    }

    async fn poison_user(&self, id: UserId) {
        self.poison(format!("UPDATE user:u'{id}' SET username = 'no'")).await;
    }

    async fn poison_room(&self, id: RoomId) {
        self.poison(format!("UPDATE room:u'{id}' SET kind = 'bazaar'")).await;
    }

    async fn poison_entry(&self, user: UserId, seq: Seq) {
        self.poison(format!("UPDATE inbox:[u'{user}', -{seq}] SET event = <bytes>'[]'")).await;
    }
}

mod surrealkv {
    parlour_store_contract::contract_tests!(super::Embedded<true, false>);
}

mod in_memory {
    parlour_store_contract::contract_tests!(super::Embedded<false, false>);
}

/// The laws of races once more, where nothing but the engine keeps them.
mod strangers {
    use parlour_store_contract::{laws, prove};

    use super::Embedded;

    type OnDisk = Embedded<true, true>;
    type InMemory = Embedded<false, true>;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_direct_room_wins_on_surrealkv() {
        prove::<OnDisk, _>(laws::of_racing_direct_rooms_of_one_pair_exactly_one_wins).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_direct_room_wins_in_memory() {
        prove::<InMemory, _>(laws::of_racing_direct_rooms_of_one_pair_exactly_one_wins).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn inboxes_stay_dense_on_surrealkv() {
        prove::<OnDisk, _>(laws::inboxes_stay_dense_under_concurrency).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn inboxes_stay_dense_in_memory() {
        prove::<InMemory, _>(laws::inboxes_stay_dense_under_concurrency).await;
    }
}

/// Thousands of races for a direct room that the engine alone decides.
#[cfg(feature = "extended-tests")]
mod extended {
    use parlour_store_contract::{Harness, race_direct_rooms};

    use super::Embedded;

    const ROUNDS: usize = 2_000;

    async fn race<H: Harness>(racers: usize) {
        let verdict = race_direct_rooms(&H::fresh().await, ROUNDS, racers).await;
        assert_eq!(verdict.map_err(|violation| violation.to_string()), Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_four_racers_on_surrealkv_one_wins_two_thousand_times() {
        race::<Embedded<true, true>>(4).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixteen_racers_on_surrealkv_one_wins_two_thousand_times() {
        race::<Embedded<true, true>>(16).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_four_racers_in_memory_one_wins_two_thousand_times() {
        race::<Embedded<false, true>>(4).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixteen_racers_in_memory_one_wins_two_thousand_times() {
        race::<Embedded<false, true>>(16).await;
    }
}
