//! What people hear of somebody's names, however the store behaves and however often they are changed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::port::{ProfileRepo, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, SessionId, User, UserId};
use parlour_store_memory::MemoryStore;
use serde_json::json;

use crate::failures::GatedRooms;
use crate::world::{Person, World};

/// What somebody is told that others are called, in order, once the last of it is `last`.
async fn names(world: &World, person: &Person, last: &str) -> Vec<String> {
    let hearing = async {
        loop {
            let events = world.send(person.get("/inbox")).await.json()["events"].as_array().cloned().unwrap();
            let changes = events.iter().filter(|event| event["type"] == "participant_changed");
            let name = |event: &serde_json::Value| event["participant"]["display_name"].as_str().unwrap().to_owned();
            let names: Vec<String> = changes.map(name).collect();
            if names.last().is_some_and(|name| name == last) {
                return names;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), hearing).await.unwrap()
}

async fn rename(world: &World, person: &Person, name: &str) -> u16 {
    world.send(person.patch("/auth/me", &json!({"display_name": name}))).await.status
}

#[actix_web::test]
async fn names_that_are_changed_during_a_telling_are_told_once_after_it_by_the_newest() {
    let store = MemoryStore::new();
    let rooms = Arc::new(GatedRooms::over(store.clone()));
    let gate = Arc::clone(&rooms);
    let world = World::with_store(store, |ports| ports.rooms = rooms);
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    gate.gate.add_permits(1);
    world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    gate.entered.notified().await;

    assert_eq!(rename(&world, &alice, "One").await, 200);
    gate.entered.notified().await;
    for name in ["Two", "Three", "Four"] {
        assert_eq!(rename(&world, &alice, name).await, 200, "nobody waits for a telling");
    }
    gate.gate.add_permits(100);
    assert_eq!(names(&world, &bob, "Four").await, ["One", "Four"]);
    assert_eq!(rename(&world, &alice, "Five").await, 200);
    assert_eq!(names(&world, &bob, "Five").await, ["One", "Four", "Five"], "and nothing more of the others");
}

/// Profiles whose writes are applied, and nobody hears of it.
struct Unheard(MemoryStore);

fn unheard<T>(_: T) -> Result<T, WriteError> {
    Err(WriteError::OutcomeUnknown("connection lost".into()))
}

#[async_trait]
impl ProfileRepo for Unheard {
    async fn rename(&self, id: UserId, display_name: DisplayName) -> Result<bool, WriteError> {
        unheard(self.0.rename(id, display_name).await?)
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        unheard(self.0.deactivate(id).await?)
    }

    async fn search(&self, query: &SearchQuery, but: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        self.0.search(query, but, limit).await
    }
}

#[actix_web::test]
async fn a_name_that_was_perhaps_changed_is_told_and_so_is_an_account_that_is_perhaps_gone() {
    let store = MemoryStore::new();
    let world = World::with_store(store.clone(), |ports| ports.profiles = Arc::new(Unheard(store)));
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    assert_eq!(rename(&world, &alice, "Alice B.").await, 503);
    assert_eq!(names(&world, &bob, "Alice B.").await, ["Alice B."]);
    assert_eq!(rename(&world, &alice, "Alice B.").await, 200, "which tells of nothing new");

    world.send(alice.delete("/auth/me")).await.problem(503, "unavailable");
    assert_eq!(names(&world, &bob, "Deleted account").await, ["Alice B.", "Deleted account"]);
}
