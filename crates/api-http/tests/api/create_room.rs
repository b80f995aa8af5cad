//! `POST /rooms`.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::world::World;

const NOBODY: &str = "0192f0c1-ffff-7000-8000-00000000dead";

#[actix_web::test]
async fn a_direct_room_is_created_and_seen_from_its_creator() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let answer = world.send(alice.post("/rooms", &json!({"participant_id": bob.id.to_string()}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let room = answer.json();
    assert_eq!(answer.header("location").unwrap(), format!("/rooms/{}", room["id"].as_str().unwrap()));
    assert_eq!(answer.header("idempotency-replayed"), None);
    let now = "2026-11-22T18:00:00.123456Z";
    let expected = json!({
        "id": room["id"], "type": "direct", "name": "Bob", "unread_count": 0, "is_encrypted": true,
        "participants": [alice.seated("owner", now), bob.seated("member", now)],
        "created_by": alice.id.to_string(), "created_at": now, "updated_at": now, "expires_at": null,
    });
    assert_eq!(room, expected);
    assert_eq!(world.told.notices.lock().unwrap().len(), 2);
}

#[actix_web::test]
async fn the_direct_room_that_exists_is_answered_and_nobody_is_told_again() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let again = world.send(bob.post("/rooms", &json!({"participant_ids": [alice.id.to_string()]}))).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.json()["id"], room);
    assert_eq!(again.json()["name"], "Alice");
    assert_eq!(again.header("location"), None);
    assert_eq!(world.told.notices.lock().unwrap().len(), 2);
}

#[actix_web::test]
async fn groups_and_ephemeral_rooms_have_what_was_asked_for() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let ids = json!([bob.id.to_string(), carol.id.to_string().to_uppercase()]);
    let group = json!({"room_type": "group", "participant_ids": ids, "name": " Tea ", "ttl_seconds": null, "x": [1e5]});
    let group = world.send(alice.post("/rooms", &group)).await.json();
    assert_eq!((&group["type"], &group["name"], &group["expires_at"]), (&json!("group"), &json!("Tea"), &Value::Null));
    assert_eq!(group["participants"].as_array().unwrap().len(), 3);
    let body = json!({"room_type": "ephemeral", "participant_ids": ids, "ttl_seconds": 3600.0, "name": null,
        "creator_id": alice.id.to_string()});
    let ephemeral = world.send(alice.post("/rooms", &body)).await.json();
    assert_eq!(ephemeral["expires_at"], "2026-11-22T19:00:00.123456Z");
    assert_eq!(ephemeral["name"], "Bob, Carol");
}

#[actix_web::test]
async fn every_malformed_field_is_named() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let (me, you) = (alice.id.to_string(), bob.id.to_string());
    let many: Vec<String> = (0..256).map(|n| format!("0192f0c1-aaaa-7000-8000-{n:012}")).collect();
    let cases = [
        (json!({}), &["participant_id"][..]),
        (json!({"participant_id": null}), &["participant_id"]),
        (json!({"participant_id": 7}), &["participant_id"]),
        (json!({"participant_id": "bob"}), &["participant_id"]),
        (json!({"participant_id": format!("{{{you}}}")}), &["participant_id"]),
        (json!({"participant_id": me}), &["participant_id"]),
        (json!({"participant_id": you, "participant_ids": [you]}), &["participant_ids"]),
        (json!({"participant_ids": []}), &["participant_ids"]),
        (json!({"participant_ids": {}}), &["participant_ids"]),
        (json!({"participant_ids": [you, NOBODY]}), &["participant_ids"]),
        (json!({"room_type": "group", "participant_ids": many}), &["participant_ids"]),
        (
            json!({"room_type": "group", "participant_ids": [you, 1, null, "x"]}),
            &["participant_ids[1]", "participant_ids[2]", "participant_ids[3]"],
        ),
        (json!({"room_type": "group", "participant_ids": [you, NOBODY, you]}), &["participant_ids[2]"]),
        (json!({"room_type": "group", "participant_ids": [you, me]}), &["participant_ids[1]"]),
        (json!({"room_type": "party", "participant_id": you}), &["room_type"]),
        (json!({"room_type": ["group"], "participant_id": you}), &["room_type"]),
        (json!({"participant_id": you, "name": "Tea"}), &["name"]),
        (json!({"room_type": "group", "participant_id": you, "name": " "}), &["name"]),
        (json!({"room_type": "group", "participant_id": you, "name": "a\u{0}"}), &["name"]),
        (json!({"room_type": "group", "participant_id": you, "name": "é".repeat(101)}), &["name"]),
        (json!({"room_type": "group", "participant_id": you, "name": format!("{:101}", "Tea")}), &["name"]),
        (json!({"room_type": "group", "participant_id": you, "ttl_seconds": 60}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": 59}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": 2_592_001}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": -60}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": 60.5}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": 1e300}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": u64::MAX}), &["ttl_seconds"]),
        (json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": "60"}), &["ttl_seconds"]),
        (json!({"creator_id": "me", "participant_id": you}), &["creator_id"]),
        (
            json!({"creator_id": 1, "participant_id": 2, "room_type": 3, "name": 4, "ttl_seconds": true}),
            &["creator_id", "participant_id", "room_type", "name", "ttl_seconds"],
        ),
        (json!({"participant_id": "x", "name": "Tea", "ttl_seconds": 60}), &["participant_id", "name", "ttl_seconds"]),
    ];
    for (body, fields) in cases {
        assert_eq!(world.send(alice.post("/rooms", &body)).await.fields(), fields, "{body}");
    }
    assert!(world.told.notices.lock().unwrap().is_empty());
}

#[actix_web::test]
async fn bodies_that_are_no_object_are_refused() {
    let world = World::new();
    let alice = world.person("alice").await;
    for body in ["", "[]", "7", "null", "{", "{\"participant_id\":NaN}", "\u{feff}{}"] {
        let request = alice.post("/rooms", &json!({})).set_payload(body.to_owned());
        world.send(request).await.problem(400, "malformed-request");
    }
    let twice = r#"{"participant_id":"a","participant_id":"b"}"#;
    assert_eq!(world.send(alice.post("/rooms", &json!({})).set_payload(twice)).await.fields(), ["participant_id"]);
}

#[actix_web::test]
async fn a_room_cannot_be_created_for_somebody_else() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for body in [
        json!({"creator_id": bob.id.to_string(), "participant_id": alice.id.to_string()}),
        json!({"creator_id": NOBODY, "participant_id": bob.id.to_string()}),
    ] {
        world.send(alice.post("/rooms", &body)).await.problem(403, "forbidden");
    }
}

#[actix_web::test]
async fn absent_and_inactive_participants_are_named() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let zed = world.inactive_user("zed").await.to_string();
    let body = json!({"room_type": "group", "participant_ids": [zed, bob.id.to_string(), NOBODY]});
    let problem = world.send(alice.post("/rooms", &body)).await.problem(404, "participant-not-found");
    assert_eq!(problem["title"], "Participant not found");
    assert_eq!(problem["detail"], format!("Participant not found: {zed}, {NOBODY}"));
}

#[actix_web::test]
async fn a_stranger_gets_401_whatever_they_send() {
    let world = World::new();
    let requests = [
        TestRequest::post().uri("/rooms").set_json(json!({"participant_id": NOBODY})),
        TestRequest::post().uri("/rooms").set_payload("no json at all"),
        TestRequest::post().uri("/rooms").insert_header(("Authorization", format!("Bearer {}", "ab".repeat(32)))),
    ];
    for request in requests {
        let answer = world.send(request).await;
        answer.problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}
