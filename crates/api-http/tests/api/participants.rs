//! `POST /rooms/{id}/participants`, `PATCH` and `DELETE /rooms/{id}/participants/{user_id}`.

use std::time::Duration;

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::world::{Person, World};

const NOBODY: &str = "0192f0c1-ffff-7000-8000-00000000dead";
const BEGINNING: &str = "2026-11-22T18:00:00.123456Z";
const LATER: &str = "2026-11-22T18:00:05.123456Z";

/// A world five seconds after alice opened a group with bob; carol is in no room.
async fn world_with_a_group() -> (World, [Person; 3], String) {
    let world = World::new();
    let people = [world.person("alice").await, world.person("bob").await, world.person("carol").await];
    let wanted = json!({"room_type": "group", "name": "Tea", "participant_id": people[1].id.to_string()});
    let path = format!("/rooms/{}", world.room(&people[0], &wanted).await);
    world.told.notices.lock().unwrap().clear();
    world.clock.advance(Duration::from_secs(5));
    (world, people, path)
}

fn someone(person: &Person) -> Value {
    json!({"user_id": person.id.to_string()})
}

async fn last_event(world: &World, person: &Person) -> Value {
    let inbox = world.send(person.get("/inbox")).await.json();
    inbox["events"].as_array().unwrap().last().unwrap().clone()
}

fn assert_is(event: &Value, kind: &str, participant: &Value) {
    assert_eq!((&event["type"], &event["participant"]), (&json!(kind), participant), "{event}");
}

#[actix_web::test]
async fn a_newcomer_is_answered_sees_the_room_and_everyone_is_told() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    let answer = world.send(alice.post(&format!("{path}/participants"), &someone(&carol))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json(), carol.seated("member", LATER));
    let room = world.send(carol.get(&path)).await.json();
    let everyone = [alice.seated("owner", BEGINNING), bob.seated("member", BEGINNING), carol.seated("member", LATER)];
    assert_eq!((&room["participants"], &room["updated_at"]), (&json!(everyone), &json!(LATER)));
    assert_eq!(world.send(carol.get("/rooms")).await.json()["rooms"], json!([room]));
    for person in [&alice, &bob] {
        assert_is(&last_event(&world, person).await, "participant_joined", &carol.seated("member", LATER));
    }
    let created = last_event(&world, &carol).await;
    assert_eq!((&created["type"], &created["name"]), (&json!("room_created"), &json!("Tea")));
    assert_eq!((&created["room_id"], &created["participants"]), (&room["id"], &room["participants"]));
    assert_eq!(world.told.notices.lock().unwrap().len(), 3);
}

#[actix_web::test]
async fn a_newcomer_may_be_an_admin_and_is_not_brought_in_twice() {
    let (world, [alice, _, carol], path) = world_with_a_group().await;
    let body = json!({"user_id": carol.id.to_string().to_uppercase(), "role": "admin", "more": 1});
    let path = format!("{path}/participants");
    assert_eq!(world.send(alice.post(&path, &body)).await.json()["role"], "admin");
    let refused = world.send(alice.post(&path, &someone(&carol))).await.problem(409, "already-participant");
    assert_eq!(refused["detail"], format!("Already a participant: {}", carol.id));
}

#[actix_web::test]
async fn absent_and_inactive_newcomers_are_named() {
    let (world, [alice, ..], path) = world_with_a_group().await;
    let zed = world.inactive_user("zed").await.to_string();
    for id in [zed.as_str(), NOBODY] {
        let body = json!({"user_id": id});
        let refused = world.send(alice.post(&format!("{path}/participants"), &body)).await;
        assert_eq!(refused.problem(404, "participant-not-found")["detail"], format!("Participant not found: {id}"));
    }
}

#[actix_web::test]
async fn a_role_changes_and_everyone_is_told_once() {
    let (world, [alice, bob, _], path) = world_with_a_group().await;
    let bobs = format!("{path}/participants/{}", bob.id);
    for _ in 0..2 {
        let answer = world.send(alice.patch(&bobs, &json!({"role": "admin"}))).await;
        assert_eq!((answer.status, answer.json()), (200, bob.seated("admin", BEGINNING)));
    }
    for person in [&alice, &bob] {
        assert_is(&last_event(&world, person).await, "participant_changed", &bob.seated("admin", BEGINNING));
    }
    assert_eq!(world.told.notices.lock().unwrap().len(), 2);
    let handed_over = world.send(alice.patch(&bobs, &json!({"role": "owner"}))).await;
    assert_eq!(handed_over.json(), bob.seated("owner", BEGINNING));
    assert_is(&last_event(&world, &bob).await, "participant_changed", &alice.seated("admin", BEGINNING));
    world.send(bob.patch(&bobs, &json!({"role": "member"}))).await.problem(409, "conflict");
    let alices = format!("{path}/participants/{}", alice.id);
    assert_eq!(world.send(alice.patch(&alices, &json!({"role": "member"}))).await.json()["role"], "member");
}

#[actix_web::test]
async fn who_leaves_does_not_see_the_room_any_more_and_hears_of_it() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    world.send(alice.post(&format!("{path}/participants"), &someone(&carol))).await;
    let removed = world.send(alice.delete(&format!("{path}/participants/{}", carol.id))).await;
    assert_eq!((removed.status, removed.text.as_str()), (204, ""));
    for person in [&alice, &bob, &carol] {
        assert_is(&last_event(&world, person).await, "participant_left", &carol.seated("member", LATER));
    }
    world.send(carol.get(&path)).await.problem(404, "room-not-found");
    assert_eq!(world.send(carol.get("/rooms")).await.json()["rooms"], json!([]));

    assert_eq!(world.send(alice.delete(&format!("{path}/participants/{}", alice.id))).await.status, 204);
    assert_is(&last_event(&world, &alice).await, "participant_left", &alice.seated("owner", BEGINNING));
    assert_is(&last_event(&world, &bob).await, "participant_changed", &bob.seated("owner", BEGINNING));
    assert_eq!(world.send(bob.get(&path)).await.json()["participants"], json!([bob.seated("owner", BEGINNING)]));
    assert_eq!(world.send(bob.delete(&format!("{path}/participants/{}", bob.id))).await.status, 204);
    world.send(bob.get(&path)).await.problem(404, "room-not-found");
}

#[actix_web::test]
async fn a_member_may_not_and_nothing_changes() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    let before = world.send(alice.get(&path)).await.json();
    let alices = format!("{path}/participants/{}", alice.id);
    for request in [
        bob.post(&format!("{path}/participants"), &someone(&carol)),
        bob.patch(&alices, &json!({"role": "member"})),
        bob.patch(&format!("{path}/participants/{}", bob.id), &json!({"role": "owner"})),
        bob.delete(&alices),
        bob.patch(&path, &json!({"name": "Mine"})),
    ] {
        world.send(request).await.problem(403, "forbidden");
    }
    assert_eq!(world.send(alice.get(&path)).await.json(), before);
    assert!(world.told.notices.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn to_anyone_else_the_room_does_not_exist_whatever_they_ask() {
    let (world, [_, bob, carol], path) = world_with_a_group().await;
    let absent = world.send(carol.get(&format!("/rooms/{NOBODY}"))).await.without_instance();
    for path in [path, format!("/rooms/{NOBODY}"), "/rooms/none".to_owned(), "/rooms/%FF".to_owned()] {
        let bobs = format!("{path}/participants/{}", bob.id);
        for request in [
            carol.post(&format!("{path}/participants"), &someone(&carol)),
            carol.patch(&bobs, &json!({"role": "admin"})),
            carol.delete(&bobs),
            carol.delete(&format!("{path}/participants/{}", carol.id)),
            carol.patch(&path, &json!({"name": "Mine"})),
            carol.patch(&path, &json!({})),
        ] {
            let answer = world.send(request).await;
            answer.problem(404, "room-not-found");
            assert_eq!(answer.without_instance(), absent, "{path}");
        }
    }
}

#[actix_web::test]
async fn who_is_not_in_the_room_is_no_participant() {
    let (world, [alice, _, carol], path) = world_with_a_group().await;
    for id in [&carol.id.to_string(), NOBODY, "none", "%FF", "a%2Fb", "."] {
        let path = format!("{path}/participants/{id}");
        world.send(alice.delete(&path)).await.problem(404, "participant-not-found");
        let answer = world.send(alice.patch(&path, &json!({"role": "admin"}))).await;
        answer.problem(404, "participant-not-found");
    }
}

#[actix_web::test]
async fn other_kinds_of_rooms_do_not_change() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    for kind in ["direct", "ephemeral"] {
        let wanted = json!({"room_type": kind, "participant_id": bob.id.to_string()});
        let path = format!("/rooms/{}", world.room(&alice, &wanted).await);
        for request in [
            alice.post(&format!("{path}/participants"), &someone(&carol)),
            alice.patch(&format!("{path}/participants/{}", bob.id), &json!({"role": "admin"})),
            alice.delete(&format!("{path}/participants/{}", alice.id)),
            alice.patch(&path, &json!({"name": "Tea"})),
        ] {
            world.send(request).await.problem(409, "conflict");
        }
    }
}

#[actix_web::test]
async fn a_room_of_256_is_full() {
    let world = World::new();
    let alice = world.person("alice").await;
    let mut ids = Vec::new();
    for n in 0..256 {
        ids.push(world.active_user(&format!("user{n}")).await.to_string());
    }
    let wanted = json!({"room_type": "group", "participant_ids": ids[..255]});
    let path = format!("/rooms/{}/participants", world.room(&alice, &wanted).await);
    let refused = world.send(alice.post(&path, &json!({"user_id": ids[255]}))).await.problem(409, "conflict");
    assert_eq!(refused["detail"], "The room holds 256 people");
}

#[actix_web::test]
async fn every_malformed_field_is_named() {
    let (world, [alice, bob, carol], path) = world_with_a_group().await;
    let you = carol.id.to_string();
    for (body, fields) in [
        (json!({}), &["user_id"][..]),
        (json!({"user_id": null, "role": null}), &["user_id"]),
        (json!({"user_id": 7}), &["user_id"]),
        (json!({"user_id": "carol"}), &["user_id"]),
        (json!({"user_id": [you]}), &["user_id"]),
        (json!({"user_id": format!("urn:uuid:{you}")}), &["user_id"]),
        (json!({"user_id": you, "role": "owner"}), &["role"]),
        (json!({"user_id": you, "role": "king"}), &["role"]),
        (json!({"user_id": you, "role": ["admin"]}), &["role"]),
        (json!({"user_id": "x", "role": 1}), &["user_id", "role"]),
        (json!({"role": ""}), &["role", "user_id"]),
    ] {
        let answer = world.send(alice.post(&format!("{path}/participants"), &body)).await;
        assert_eq!(answer.fields(), fields, "{body}");
    }
    let bobs = format!("{path}/participants/{}", bob.id);
    for body in
        [json!({}), json!({"role": null}), json!({"role": "king"}), json!({"role": 1}), json!({"role": " admin"})]
    {
        assert_eq!(world.send(alice.patch(&bobs, &body)).await.fields(), ["role"], "{body}");
    }
    assert!(world.told.notices.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn bodies_that_are_no_json_object_are_refused_and_strangers_get_401() {
    let (world, [alice, bob, _], path) = world_with_a_group().await;
    let (many, bobs) = (format!("{path}/participants"), format!("{path}/participants/{}", bob.id));
    let nothing = json!({});
    for body in ["", "[]", "null", "{", r#"{"role":"admin","role":"admin"}"#] {
        for request in [alice.post(&many, &nothing), alice.patch(&bobs, &nothing), alice.patch(&path, &nothing)] {
            world.send(request.set_payload(body.to_owned())).await.problem(400, "malformed-request");
        }
    }
    let text = alice.patch(&bobs, &nothing).insert_header(("Content-Type", "text/plain"));
    world.send(text).await.problem(415, "unsupported-media-type");
    for request in [
        TestRequest::post().uri(&many).set_json(&nothing),
        TestRequest::post().uri("/rooms/none/participants"),
        TestRequest::patch().uri(&bobs).set_json(&nothing),
        TestRequest::patch().uri(&path).set_json(&nothing),
        TestRequest::delete().uri(&bobs),
    ] {
        world.send(request).await.problem(401, "unauthenticated");
    }
}
