//! The laws of `parlour-store-contract` on a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use parlour_store_contract::{Engine, Harness};
use parlour_store_surrealdb::SurrealStore;

use crate::database::{connect, empty};

/// A database on the server, and so many programs on it, each with a connection of its own, that take turns.
struct Remote<const PROGRAMS: usize> {
    url: String,
    stores: Vec<Arc<SurrealStore>>,
    turn: AtomicUsize,
}

impl<const PROGRAMS: usize> Remote<PROGRAMS> {
    async fn open(url: String) -> Self {
        let mut stores = Vec::with_capacity(PROGRAMS);
        for _ in 0..PROGRAMS {
            stores.push(Arc::new(connect(&url).await));
        }
        Self { url, stores, turn: AtomicUsize::new(0) }
    }

    fn port(&self) -> Arc<SurrealStore> {
        Arc::clone(&self.stores[self.turn.fetch_add(1, Ordering::Relaxed) % PROGRAMS])
    }

    async fn poison(&self, text: String) {
        self.stores[0].run_raw(&text).await.unwrap();
    }
}

#[async_trait]
impl<const PROGRAMS: usize> Harness for Remote<PROGRAMS> {
    async fn fresh() -> Self {
        // Some laws write the largest rooms there may be, and the server is built without optimisation.
        Self::open(format!("{}?timeout=60", empty().await)).await
    }

    async fn reopen(self) -> Self {
        for store in &self.stores {
            store.close().await;
        }
        Self::open(self.url).await
    }

    async fn crash(self) -> Self {
        Self::open(self.url).await
    }

    async fn engine(&self) -> Engine {
        Engine { name: "SurrealDB server".to_owned(), version: self.stores[0].engine_version().await.unwrap() }
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

mod one_program {
    parlour_store_contract::contract_tests!(super::Remote<1>);
}

/// The laws of races and of what is remembered once more, where everything that a law asks is asked of another program than
/// what it asked before.
mod two_programs {
    use parlour_store_contract::{laws, prove};

    macro_rules! laws_on_two_programs {
        ($($law:ident,)*) => {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $law() {
                    prove::<super::Remote<2>, _>(laws::$law).await;
                }
            )*
        };
    }

    laws_on_two_programs! {
        the_same_commit_twice_has_one_effect,
        a_stale_revision_conflicts,
        of_racing_registrations_of_one_name_exactly_one_wins,
        of_racing_direct_rooms_of_one_pair_exactly_one_wins,
        of_racing_changes_of_one_room_exactly_one_wins,
        inboxes_stay_dense_under_concurrency,
        forgetting_leaves_no_gap_and_keeps_the_head,
    }
}
