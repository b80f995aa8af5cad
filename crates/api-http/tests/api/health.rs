//! `/health` and `/ready`.

use std::sync::Arc;

use actix_web::test::TestRequest;
use parlour_domain::mocks::{MockRoomRepo, MockUserRepo};
use parlour_domain::port::ReadError;
use serde_json::json;

use crate::world::World;

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

#[actix_web::test]
async fn a_program_with_its_stores_is_healthy_and_ready() {
    let world = World::new();
    assert_eq!(world.send(get("/health")).await.json(), json!({"status": "ok"}));
    let ready = world.send(get("/ready")).await;
    let expected = json!({"status": "ready", "ports": {"user_store": "up", "room_store": "up"}});
    assert_eq!((ready.status, ready.json()), (200, expected));
}

#[actix_web::test]
async fn a_draining_program_is_healthy_but_not_ready() {
    let world = World::new();
    world.drain.begin();
    assert_eq!(world.send(get("/health")).await.status, 200);
    let answer = world.send(get("/ready")).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[actix_web::test]
async fn the_port_that_is_down_is_named_without_its_words() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_ping().returning(|| Err(ReadError::Unavailable("engine words".into())));
    let world = World::with(|ports| ports.rooms = Arc::new(rooms));
    let answer = world.send(get("/ready")).await;
    let problem = answer.problem(503, "unavailable");
    assert_eq!(problem["detail"], "room_store is down");
    assert_eq!(problem["ports"], json!({"user_store": "up", "room_store": "down"}));
    assert!(!answer.text.contains("engine"));

    let mut users = MockUserRepo::new();
    users.expect_ping().returning(|| Err(ReadError::Corrupt("engine words".into())));
    let world = World::with(|ports| ports.users = Arc::new(users));
    assert_eq!(world.send(get("/ready")).await.problem(503, "unavailable")["detail"], "user_store is down");
}
