//! `GET /inbox`.

use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn events_are_read_from_a_place_on() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let body = json!({"room_type": "group", "name": "Tea", "participant_id": bob.id.to_string()});
    let room = world.room(&alice, &body).await;
    world.send(alice.delete(&format!("/rooms/{room}"))).await;
    let inbox = world.send(bob.get("/inbox")).await.json();
    assert_eq!((&inbox["head"], &inbox["reset"]), (&json!(2), &json!(false)));
    let now = "2026-11-22T18:00:00.123456Z";
    let (created, deleted) = (&inbox["events"][0], &inbox["events"][1]);
    let expected = json!({
        "type": "room_created", "seq": 1, "event_id": created["event_id"], "room_id": room, "room_type": "group",
        "name": "Tea", "is_encrypted": true, "created_at": now, "updated_at": now, "expires_at": null,
        "participants": [alice.seated("owner", now), bob.seated("member", now)],
    });
    assert_eq!(created, &expected);
    assert!(created["event_id"].is_string());
    let expected = json!({"type": "room_deleted", "seq": 2, "event_id": deleted["event_id"], "room_id": room});
    assert_eq!(deleted, &expected);
    assert_eq!(world.send(bob.get("/inbox?since=1")).await.json()["events"], json!([deleted]));
    assert_eq!(world.send(bob.get("/inbox?since=0&limit=1")).await.json()["events"], json!([created]));
    assert_eq!(world.send(bob.get("/inbox?since=2")).await.json(), json!({"events": [], "head": 2, "reset": false}));
}

#[actix_web::test]
async fn a_direct_room_is_named_after_the_other_one() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    for (reader, name) in [(&alice, "Bob"), (&bob, "Alice")] {
        assert_eq!(world.send(reader.get("/inbox")).await.json()["events"][0]["name"], name);
    }
}

#[actix_web::test]
async fn a_place_beyond_the_head_is_reset() {
    let world = World::new();
    let alice = world.person("alice").await;
    let expected = json!({"events": [], "head": 0, "reset": true});
    for since in [1, u64::MAX] {
        assert_eq!(world.send(alice.get(&format!("/inbox?since={since}"))).await.json(), expected);
    }
}

#[actix_web::test]
async fn bad_query_parameters_are_refused_by_name() {
    let world = World::new();
    let alice = world.person("alice").await;
    for (query, fields) in [
        ("since=-1", &["since"][..]),
        ("since=18446744073709551616", &["since"]),
        ("since=1e3", &["since"]),
        ("since=x&limit=0", &["since", "limit"]),
    ] {
        assert_eq!(world.send(alice.get(&format!("/inbox?{query}"))).await.fields(), fields, "{query}");
    }
}
