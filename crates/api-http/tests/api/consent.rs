//! `/auth/contact-policy`, `/auth/blocks`, and what they do to rooms.

use serde_json::{Value, json};

use crate::world::{Answer, Person, World};

const NOBODY: &str = "0192f0c1-ffff-7000-8000-00000000dead";

async fn ask_for_a_room(world: &World, creator: &Person, participant: &Person) -> Answer {
    world.send(creator.post("/rooms", &json!({"participant_id": participant.id.to_string()}))).await
}

async fn set_policy(world: &World, person: &Person, policy: &str) {
    let answer = world.send(person.put("/auth/contact-policy", &json!({"rooms_from": policy}))).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"rooms_from": policy})));
}

async fn block(world: &World, person: &Person, blocked: &Person) {
    let answer = world.send(person.put(&format!("/auth/blocks/{}", blocked.id), &json!({}))).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
}

async fn events(world: &World, person: &Person) -> Value {
    world.send(person.get("/inbox")).await.json()["events"].clone()
}

#[actix_web::test]
async fn everyone_may_open_rooms_until_somebody_says_otherwise() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    assert_eq!(world.send(bob.get("/auth/contact-policy")).await.json(), json!({"rooms_from": "everyone"}));
    set_policy(&world, &bob, "nobody").await;
    assert_eq!(world.send(bob.get("/auth/contact-policy")).await.json(), json!({"rooms_from": "nobody"}));
    ask_for_a_room(&world, &alice, &bob).await.problem(403, "forbidden");
    assert_eq!(ask_for_a_room(&world, &bob, &alice).await.status, 201);
    assert_eq!(ask_for_a_room(&world, &alice, &bob).await.status, 200, "the room that exists is answered");
}

#[actix_web::test]
async fn a_block_cannot_be_told_from_a_policy_and_nothing_reaches_whoever_blocks() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    set_policy(&world, &bob, "nobody").await;
    let by_policy = ask_for_a_room(&world, &alice, &bob).await;
    set_policy(&world, &bob, "everyone").await;
    block(&world, &bob, &alice).await;
    let by_block = ask_for_a_room(&world, &alice, &bob).await;
    let problem = by_block.problem(403, "forbidden");
    assert_eq!(problem["detail"], format!("Participant does not accept rooms from you: {}", bob.id));
    assert_eq!(by_block.without_instance(), by_policy.without_instance());
    assert_eq!(events(&world, &bob).await, json!([]));
    assert!(world.told.notices.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn of_many_those_who_do_not_accept_are_named() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let (carol, dave) = (world.person("carol").await, world.person("dave").await);
    set_policy(&world, &bob, "nobody").await;
    block(&world, &dave, &alice).await;
    let ids = [&dave, &carol, &bob].map(|person| person.id.to_string());
    let refused = world.send(alice.post("/rooms", &json!({"room_type": "group", "participant_ids": ids}))).await;
    let detail = format!("Participant does not accept rooms from you: {}, {}", dave.id, bob.id);
    assert_eq!(refused.problem(403, "forbidden")["detail"], detail);
}

#[actix_web::test]
async fn those_who_share_a_room_may_open_another_where_that_is_asked_for() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    set_policy(&world, &bob, "shared_rooms").await;
    ask_for_a_room(&world, &alice, &bob).await.problem(403, "forbidden");
    let group = json!({"room_type": "group", "participant_ids": [alice.id.to_string(), bob.id.to_string()]});
    set_policy(&world, &bob, "everyone").await;
    world.room(&carol, &group).await;
    set_policy(&world, &bob, "shared_rooms").await;
    assert_eq!(ask_for_a_room(&world, &alice, &bob).await.status, 201);
}

#[actix_web::test]
async fn whoever_blocks_somebody_may_open_rooms_with_them() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    block(&world, &alice, &bob).await;
    assert_eq!(ask_for_a_room(&world, &alice, &bob).await.status, 201);
}

#[actix_web::test]
async fn nobody_is_brought_into_a_group_against_their_will() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let room = world.room(&alice, &json!({"room_type": "group", "participant_id": bob.id.to_string()})).await;
    block(&world, &carol, &alice).await;
    let add = || alice.post(&format!("/rooms/{room}/participants"), &json!({"user_id": carol.id.to_string()}));
    let problem = world.send(add()).await.problem(403, "forbidden");
    assert_eq!(problem["detail"], format!("Participant does not accept rooms from you: {}", carol.id));
    let unblock = carol.delete(&format!("/auth/blocks/{}", alice.id));
    assert_eq!(world.send(unblock).await.status, 204);
    assert_eq!(world.send(add()).await.status, 201);
}

#[actix_web::test]
async fn blocks_are_listed_over_all_pages_and_taken_away_once() {
    let world = World::new();
    let alice = world.person("alice").await;
    let (bob, carol) = (world.person("bob").await, world.person("carol").await);
    for other in [&carol, &bob, &bob] {
        block(&world, &alice, other).await;
    }
    let first = world.send(alice.get("/auth/blocks?limit=1")).await.json();
    let expected = json!([{"user_id": bob.id.to_string(), "username": "bob", "display_name": "Bob",
        "blocked_at": "2026-11-22T18:00:00.123456Z"}]);
    assert_eq!(first["blocks"], expected);
    let path = format!("/auth/blocks?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = world.send(alice.get(&path)).await.json();
    assert_eq!((&second["blocks"][0]["username"], &second["next_cursor"]), (&json!("carol"), &Value::Null));
    let unblock = || alice.delete(&format!("/auth/blocks/{}", bob.id));
    assert_eq!(world.send(unblock()).await.status, 204);
    world.send(unblock()).await.problem(404, "user-not-found");
    assert_eq!(world.send(bob.get("/auth/blocks")).await.json(), json!({"blocks": [], "next_cursor": null}));
}

#[actix_web::test]
async fn what_cannot_be_is_refused_by_name() {
    let world = World::new();
    let alice = world.person("alice").await;
    for body in [json!({}), json!({"rooms_from": "friends"}), json!({"rooms_from": null}), json!({"rooms_from": 1})] {
        assert_eq!(world.send(alice.put("/auth/contact-policy", &body)).await.fields(), ["rooms_from"], "{body}");
    }
    let oneself = alice.put(&format!("/auth/blocks/{}", alice.id), &json!({}));
    assert_eq!(world.send(oneself).await.fields(), ["user_id"]);
    for user in [NOBODY, "nobody"] {
        let path = format!("/auth/blocks/{user}");
        world.send(alice.put(&path, &json!({}))).await.problem(404, "user-not-found");
        world.send(alice.delete(&path)).await.problem(404, "user-not-found");
    }
    assert_eq!(world.send(alice.get("/auth/blocks?cursor=x&limit=0")).await.fields(), ["limit", "cursor"]);
}
