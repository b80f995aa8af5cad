//! Stores that fail, and clients that go away.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service;
use actix_web::test::init_service;
use async_trait::async_trait;
use parlour_domain::mocks::{MockInboxRepo, MockRoomRepo, MockSessionRepo};
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};
use parlour_store_memory::MemoryStore;
use serde_json::json;
use tokio::sync::{Notify, Semaphore};

use crate::world::{Answer, World};

const WORDS: &str = "engine words";

fn assert_hides_the_engine(answer: &Answer, status: u16, slug: &str) {
    answer.problem(status, slug);
    assert!(!answer.text.contains(WORDS), "{}", answer.text);
    assert_eq!(answer.header("retry-after").is_some(), status == 503);
}

#[actix_web::test]
async fn a_store_that_cannot_write_is_unavailable_and_corrupt_rows_are_internal() {
    for (error, status, slug) in [
        (|| CommitError::Unavailable(WORDS.into()), 503, "unavailable"),
        (|| CommitError::OutcomeUnknown(WORDS.into()), 503, "unavailable"),
        (|| CommitError::Conflict, 503, "unavailable"),
        (|| CommitError::Corrupt(WORDS.into()), 500, "internal"),
    ] as [(fn() -> CommitError, u16, &str); 4]
    {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_find_direct().returning(|_| Ok(None));
        rooms.expect_commit().returning(move |_| Err(error()));
        let world = World::with(|ports| ports.rooms = Arc::new(rooms));
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let answer = world.send(alice.post("/rooms", &json!({"participant_id": bob.id.to_string()}))).await;
        assert_hides_the_engine(&answer, status, slug);
    }
}

#[actix_web::test]
async fn a_store_that_cannot_read_is_unavailable_and_corrupt_rows_are_internal() {
    for (error, status, slug) in [
        (|| ReadError::Unavailable(WORDS.into()), 503, "unavailable"),
        (|| ReadError::Corrupt(WORDS.into()), 500, "internal"),
    ] as [(fn() -> ReadError, u16, &str); 2]
    {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_find().returning(move |_| Err(error()));
        rooms.expect_list_of().returning(move |_, _, _, _| Err(error()));
        let mut inboxes = MockInboxRepo::new();
        inboxes.expect_read().returning(move |_, _, _| Err(error()));
        let world = World::with(|ports| {
            ports.rooms = Arc::new(rooms);
            ports.inboxes = Arc::new(inboxes);
        });
        let alice = world.person("alice").await;
        let room = "/rooms/0192f0c1-2345-7000-8000-000000000001";
        let seat = "/rooms/0192f0c1-2345-7000-8000-000000000001/participants/0192f0c1-2345-7000-8000-000000000002";
        for request in [
            alice.get("/rooms"),
            alice.get(room),
            alice.patch(room, &json!({"name": "Tea"})),
            alice.delete(room),
            alice.post(&format!("{room}/participants"), &json!({"user_id": alice.id.to_string()})),
            alice.patch(seat, &json!({"role": "admin"})),
            alice.delete(seat),
            alice.get("/inbox"),
        ] {
            assert_hides_the_engine(&world.send(request).await, status, slug);
        }
    }
}

#[actix_web::test]
async fn a_store_of_sessions_that_fails_is_not_a_bad_session() {
    let mut sessions = MockSessionRepo::new();
    sessions.expect_find_by_token().returning(|_| Err(ReadError::Unavailable(WORDS.into())));
    let world = World::with(|ports| ports.sessions = Arc::new(sessions));
    let alice = world.person("alice").await;
    assert_hides_the_engine(&world.send(alice.get("/auth/me")).await, 503, "unavailable");
}

#[actix_web::test]
async fn a_client_that_goes_away_does_not_stop_its_write() {
    let rooms = Arc::new(GatedRooms::default());
    let world = World::with(|ports| ports.rooms = rooms.clone());
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let service = init_service(parlour_api_http::app(world.api.clone(), |_| {})).await;
    let request = alice.post("/rooms", &json!({"participant_id": bob.id.to_string()})).to_request();
    {
        let mut answer = std::pin::pin!(service.call(request));
        tokio::select! {
            _ = &mut answer => panic!("the gate is closed"),
            () = rooms.entered.notified() => {}
        }
    }
    rooms.gate.add_permits(1);
    tokio::time::timeout(Duration::from_secs(10), rooms.applied.notified()).await.unwrap();
    let pair = DirectPair::new(alice.id, bob.id);
    assert!(rooms.store.find_direct(pair).await.unwrap().is_some());
}

#[actix_web::test]
async fn a_request_that_is_being_worked_on_is_not_started_again() {
    let rooms = Arc::new(GatedRooms::default());
    let world = World::with(|ports| ports.rooms = rooms.clone());
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let post = || {
        let request = alice.post("/rooms", &json!({"participant_id": bob.id.to_string()}));
        world.send(request.insert_header(("Idempotency-Key", "k")))
    };
    let mut first = std::pin::pin!(post());
    tokio::select! {
        _ = &mut first => panic!("the gate is closed"),
        () = rooms.entered.notified() => {}
    }
    post().await.problem(409, "request-in-progress");
    rooms.gate.add_permits(1);
    assert_eq!(first.await.status, 201);
    assert_eq!(post().await.header("idempotency-replayed"), Some("true"));
}

/// The reference store, which commits only when it is let.
pub(crate) struct GatedRooms {
    store: MemoryStore,
    pub(crate) entered: Notify,
    pub(crate) gate: Semaphore,
    pub(crate) applied: Notify,
}

impl Default for GatedRooms {
    fn default() -> Self {
        Self::over(MemoryStore::new())
    }
}

impl GatedRooms {
    pub(crate) fn over(store: MemoryStore) -> Self {
        Self { store, entered: Notify::new(), gate: Semaphore::new(0), applied: Notify::new() }
    }
}

#[async_trait]
impl RoomRepo for GatedRooms {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.entered.notify_one();
        self.gate.acquire().await.unwrap().forget();
        let committed = self.store.commit(commit).await;
        self.applied.notify_one();
        committed
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        RoomRepo::find(&self.store, id).await
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        self.store.find_direct(pair).await
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        RoomRepo::list_of(&self.store, user, now, after, limit).await
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        self.store.share_a_room(user, others, now).await
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.store.list_expired(now, limit).await
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        self.store.find_answer(caller, key).await
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.store.forget_answers(now).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        RoomRepo::ping(&self.store).await
    }
}
