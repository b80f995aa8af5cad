//! `PATCH /rooms/{id}`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Person, World};

/// A world five seconds after alice opened a group with bob and carol.
async fn world_with_a_group() -> (World, [Person; 3], String) {
    let world = World::new();
    let people = [world.person("alice").await, world.person("bob").await, world.person("carol").await];
    let ids = [people[1].id.to_string(), people[2].id.to_string()];
    let wanted = json!({"room_type": "group", "name": "Tea", "participant_ids": ids});
    let path = format!("/rooms/{}", world.room(&people[0], &wanted).await);
    world.told.notices.lock().unwrap().clear();
    world.clock.advance(Duration::from_secs(5));
    (world, people, path)
}

async fn last_event(world: &World, person: &Person) -> Value {
    let inbox = world.send(person.get("/inbox")).await.json();
    inbox["events"].as_array().unwrap().last().unwrap().clone()
}

#[actix_web::test]
async fn a_group_is_renamed_and_everyone_is_told_how_it_looks() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    let answer = world.send(alice.patch(&path, &json!({"name": "  Chess ♟ "}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let room = answer.json();
    assert_eq!((&room["name"], &room["updated_at"]), (&json!("Chess ♟"), &json!("2026-11-22T18:00:05.123456Z")));
    assert_eq!(world.send(alice.get(&path)).await.json(), room);
    for person in [&alice, &bob, &carol] {
        let event = last_event(&world, person).await;
        assert_eq!((&event["type"], &event["room_type"]), (&json!("room_updated"), &json!("group")));
        for same in ["name", "participants", "is_encrypted", "created_at", "updated_at", "expires_at"] {
            assert_eq!(event[same], room[same], "{same} of {event}");
        }
    }
}

#[actix_web::test]
async fn null_takes_the_name_away_and_each_calls_the_room_by_the_others() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    assert_eq!(world.send(alice.patch(&path, &json!({"name": null}))).await.json()["name"], "Bob, Carol");
    for (person, name) in [(&alice, "Bob, Carol"), (&bob, "Alice, Carol"), (&carol, "Alice, Bob")] {
        assert_eq!(last_event(&world, person).await["name"], name);
    }
}

#[actix_web::test]
async fn what_changes_nothing_tells_nobody() {
    let (world, [alice, bob, _], path) = world_with_a_group().await;
    let before = world.send(alice.get(&path)).await.json();
    for body in [json!({"name": "Tea"}), json!({"name": " Tea"}), json!({}), json!({"topic": "x"})] {
        let answer = world.send(alice.patch(&path, &body)).await;
        assert_eq!((answer.status, answer.json()), (200, before.clone()), "{body}");
    }
    assert_eq!(world.send(bob.patch(&path, &json!({}))).await.status, 200);
    assert!(world.told.notices.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn a_name_that_is_none_is_refused_by_name() {
    let (world, [alice, ..], path) = world_with_a_group().await;
    for name in [json!(""), json!(" "), json!(7), json!(["Tea"]), json!("a\u{0}"), json!("é".repeat(101))] {
        assert_eq!(world.send(alice.patch(&path, &json!({"name": name}))).await.fields(), ["name"], "{name}");
    }
    assert!(world.told.notices.lock().unwrap().is_empty());
}
