//! Stores that never answer: every request ends all the same.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::test::TestRequest;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::port::{
    CommitError, Committed, ContactRepo, InboxRepo, InsertUserError, ProfileRepo, ReadError, RoomRepo, SessionRepo,
    UserRepo, WriteError,
};
use parlour_domain::{
    Block, ContactPolicy, DirectPair, DisplayName, IdempotencyKey, IdempotencyRecord, InboxPage, Room, RoomCommit,
    RoomCursor, RoomId, SearchQuery, Seq, Session, SessionId, Stance, Timestamp, TokenHash, User, UserId, Username,
};
use parlour_store_memory::MemoryStore;
use serde_json::{Value, json};

use crate::world::{PAGE, Person, World};

const ROOM: &str = "/rooms/0192f0c1-2345-7000-8000-000000000001";
const USER: &str = "0192f0c1-2345-7000-8000-00000000beef";
const PATIENCE: Duration = Duration::from_millis(100);

/// A store that takes every question and answers none; those about a session's token it may pass on.
pub(crate) struct Silent {
    tokens: Option<MemoryStore>,
}

/// Every operation that asks a store, with the path under which it is documented.
fn operations(caller: &Person) -> Vec<(&'static str, &'static str, TestRequest)> {
    let seat = format!("{ROOM}/participants/{USER}");
    let newcomer = json!({"username": "carol", "display_name": "Carol"});
    let made = json!({"username": "carol", "credential": credential(&["attestationObject"])});
    let signed = json!({"credential": credential(&["authenticatorData", "signature"])});
    vec![
        ("post", "/rooms", caller.post("/rooms", &json!({"participant_id": USER}))),
        ("get", "/rooms", caller.get("/rooms")),
        ("get", "/rooms/{id}", caller.get(ROOM)),
        ("delete", "/rooms/{id}", caller.delete(ROOM)),
        ("patch", "/rooms/{id}", caller.patch(ROOM, &json!({"name": "Tea"}))),
        ("patch", "/rooms/{id}", caller.patch(ROOM, &json!({}))),
        ("post", "/rooms/{id}/participants", caller.post(&format!("{ROOM}/participants"), &json!({"user_id": USER}))),
        ("patch", "/rooms/{id}/participants/{user_id}", caller.patch(&seat, &json!({"role": "admin"}))),
        ("delete", "/rooms/{id}/participants/{user_id}", caller.delete(&seat)),
        ("get", "/inbox", caller.get("/inbox")),
        ("get", "/auth/me", caller.get("/auth/me")),
        ("patch", "/auth/me", caller.patch("/auth/me", &json!({"display_name": "A"}))),
        ("delete", "/auth/me", caller.delete("/auth/me")),
        ("post", "/auth/users/search", caller.post("/auth/users/search", &json!({"query": "bob"}))),
        ("get", "/auth/contact-policy", caller.get("/auth/contact-policy")),
        ("put", "/auth/contact-policy", caller.put("/auth/contact-policy", &json!({"rooms_from": "nobody"}))),
        ("get", "/auth/blocks", caller.get("/auth/blocks")),
        ("put", "/auth/blocks/{user_id}", caller.put(&format!("/auth/blocks/{USER}"), &json!({}))),
        ("delete", "/auth/blocks/{user_id}", caller.delete(&format!("/auth/blocks/{USER}"))),
        ("post", "/auth/logout", caller.post("/auth/logout", &json!({}))),
        ("get", "/auth/sessions", caller.get("/auth/sessions")),
        ("delete", "/auth/sessions", caller.delete("/auth/sessions")),
        ("delete", "/auth/sessions/{id}", caller.delete(&format!("/auth/sessions/{USER}"))),
        ("post", "/auth/register/begin", caller.post("/auth/register/begin", &newcomer)),
        ("post", "/auth/register/complete", caller.post("/auth/register/complete", &made)),
        ("post", "/auth/authenticate/begin", caller.post("/auth/authenticate/begin", &json!({}))),
        ("post", "/auth/authenticate/complete", caller.post("/auth/authenticate/complete", &signed)),
        ("get", "/auth/passkeys", caller.get("/auth/passkeys")),
        ("post", "/auth/passkeys/begin", caller.post("/auth/passkeys/begin", &json!({}))),
        ("post", "/auth/passkeys/complete", caller.post("/auth/passkeys/complete", &made)),
        ("delete", "/auth/passkeys/{id}", caller.delete("/auth/passkeys/AAAA")),
        ("get", "/ready", TestRequest::get().uri("/ready")),
    ]
}

/// What has the form of a credential and proves nothing.
fn credential(members: &[&str]) -> Value {
    let client_data = json!({"type": "webauthn.any", "challenge": "AAAA", "origin": PAGE}).to_string();
    let mut response = json!({"clientDataJSON": URL_SAFE_NO_PAD.encode(client_data)});
    for member in members {
        response[*member] = json!("AAAA");
    }
    json!({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response})
}

async fn world_in_silence(are_sessions_known: bool) -> (World, Person) {
    let store = MemoryStore::new();
    let tokens = are_sessions_known.then(|| store.clone());
    let world = World::with_store(store, |ports| {
        let silent = Arc::new(Silent { tokens });
        ports.users = silent.clone();
        ports.sessions = silent.clone();
        ports.passkeys = silent.clone();
        ports.ceremonies = silent.clone();
        ports.profiles = silent.clone();
        ports.contacts = silent.clone();
        ports.rooms = silent.clone();
        ports.inboxes = silent;
        ports.answer_within = PATIENCE;
    });
    let alice = world.person("alice").await;
    (world, alice)
}

#[actix_web::test]
async fn every_operation_answers_503_in_time_when_no_store_ever_answers() {
    for are_sessions_known in [false, true] {
        let (world, alice) = world_in_silence(are_sessions_known).await;
        for (method, path, request) in operations(&alice) {
            let began = Instant::now();
            let answer = tokio::time::timeout(Duration::from_secs(30), world.send(request)).await;
            let answer = answer.unwrap_or_else(|_| panic!("{method} {path} hangs"));
            answer.problem(503, "unavailable");
            assert_eq!(answer.header("retry-after"), Some("1"), "{method} {path}");
            assert!(path == "/ready" || began.elapsed() >= PATIENCE, "{method} {path} asks no store");
        }
    }
}

#[actix_web::test]
async fn the_ports_that_never_answer_are_down() {
    let (world, _) = world_in_silence(true).await;
    let problem = world.send(TestRequest::get().uri("/ready")).await.problem(503, "unavailable");
    assert_eq!(problem["ports"], json!({"user_store": "down", "room_store": "down"}));
    assert_eq!(problem["detail"], "user_store and room_store are down");
}

#[actix_web::test]
async fn no_operation_is_left_out_here() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    let (_, alice) = world_in_silence(false).await;
    let mut known: BTreeSet<String> =
        operations(&alice).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    known.extend(["get /health", "get /openapi.json"].map(str::to_owned));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            assert!(known.contains(&format!("{method} {path}")), "{method} {path}");
        }
    }
}

/// A request that gave up does not take its write with it; a repetition of it finds what was written.
#[actix_web::test]
async fn a_write_goes_on_after_its_request_was_answered() {
    let rooms = Arc::new(crate::failures::GatedRooms::default());
    let world = World::with(|ports| {
        ports.rooms = rooms.clone();
        // All but the first are to be answered in time.
        ports.answer_within = Duration::from_secs(2);
    });
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let post = || {
        let request = alice.post("/rooms", &json!({"participant_id": bob.id.to_string()}));
        world.send(request.insert_header(("Idempotency-Key", "k")))
    };
    post().await.problem(503, "unavailable");
    post().await.problem(409, "request-in-progress");
    rooms.gate.add_permits(1);
    tokio::time::timeout(Duration::from_secs(30), rooms.applied.notified()).await.unwrap();
    let again = loop {
        let answer = post().await;
        if answer.status != 409 {
            break answer;
        }
    };
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
}

#[async_trait]
impl UserRepo for Silent {
    async fn insert(&self, _: User) -> Result<(), InsertUserError> {
        pending().await
    }

    async fn find_many(&self, _: &[UserId]) -> Result<Vec<User>, ReadError> {
        pending().await
    }

    async fn find_by_username(&self, _: &Username) -> Result<Option<User>, ReadError> {
        pending().await
    }

    async fn list(&self, _: Option<UserId>, _: u32) -> Result<Vec<User>, ReadError> {
        pending().await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        pending().await
    }
}

#[async_trait]
impl SessionRepo for Silent {
    async fn insert(&self, _: Session) -> Result<(), WriteError> {
        pending().await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        match &self.tokens {
            Some(store) => store.find_by_token(hash).await,
            None => pending().await,
        }
    }

    async fn list_of(&self, _: UserId) -> Result<Vec<Session>, ReadError> {
        pending().await
    }

    async fn extend(&self, _: SessionId, _: Timestamp) -> Result<bool, WriteError> {
        pending().await
    }

    async fn remove(&self, _: SessionId) -> Result<bool, WriteError> {
        pending().await
    }

    async fn remove_expired(&self, _: Timestamp) -> Result<u64, WriteError> {
        pending().await
    }
}

#[async_trait]
impl ProfileRepo for Silent {
    async fn search(&self, _: &SearchQuery, _: UserId, _: u32) -> Result<Vec<User>, ReadError> {
        pending().await
    }

    async fn rename(&self, _: UserId, _: DisplayName) -> Result<bool, WriteError> {
        pending().await
    }

    async fn deactivate(&self, _: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        pending().await
    }
}

#[async_trait]
impl ContactRepo for Silent {
    async fn policy_of(&self, _: UserId) -> Result<ContactPolicy, ReadError> {
        pending().await
    }

    async fn set_policy(&self, _: UserId, _: ContactPolicy) -> Result<(), WriteError> {
        pending().await
    }

    async fn block(&self, _: Block) -> Result<(), WriteError> {
        pending().await
    }

    async fn unblock(&self, _: UserId, _: UserId) -> Result<bool, WriteError> {
        pending().await
    }

    async fn list_blocked(&self, _: UserId, _: Option<UserId>, _: u32) -> Result<Vec<Block>, ReadError> {
        pending().await
    }

    async fn stances(&self, _: &[UserId], _: UserId) -> Result<Vec<Stance>, ReadError> {
        pending().await
    }
}

#[async_trait]
impl InboxRepo for Silent {
    async fn read(&self, _: UserId, _: Seq, _: u32) -> Result<InboxPage, ReadError> {
        pending().await
    }

    async fn heads(&self, _: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        pending().await
    }

    async fn forget(&self, _: Timestamp) -> Result<u64, WriteError> {
        pending().await
    }
}

#[async_trait]
impl RoomRepo for Silent {
    async fn commit(&self, _: RoomCommit) -> Result<Committed, CommitError> {
        pending().await
    }

    async fn find(&self, _: RoomId) -> Result<Option<Room>, ReadError> {
        pending().await
    }

    async fn find_direct(&self, _: DirectPair) -> Result<Option<Room>, ReadError> {
        pending().await
    }

    async fn list_of(&self, _: UserId, _: Timestamp, _: Option<RoomCursor>, _: u32) -> Result<Vec<Room>, ReadError> {
        pending().await
    }

    async fn share_a_room(&self, _: UserId, _: &[UserId], _: Timestamp) -> Result<Vec<UserId>, ReadError> {
        pending().await
    }

    async fn list_expired(&self, _: Timestamp, _: u32) -> Result<Vec<Room>, ReadError> {
        pending().await
    }

    async fn find_answer(&self, _: UserId, _: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        pending().await
    }

    async fn forget_answers(&self, _: Timestamp) -> Result<u64, WriteError> {
        pending().await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        pending().await
    }
}
