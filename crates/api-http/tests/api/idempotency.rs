//! `Idempotency-Key`.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn the_same_key_and_body_get_the_first_answer_again() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let you = bob.id.to_string();
    let post = |text: String| {
        let request = alice.post("/rooms", &json!({})).insert_header(("Idempotency-Key", "k-1"));
        world.send(request.set_payload(text))
    };
    let first = post(format!(r#"{{"room_type":"group","participant_id":"{you}"}}"#)).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None), "{}", first.text);
    world.clock.advance(Duration::from_secs(60));
    let again =
        post(format!(" {{\"participant_id\": \"{}\" , \"name\":null, \"room_type\":\"group\"}}", you.to_uppercase()))
            .await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(world.told.notices.lock().unwrap().len(), 2);
}

#[actix_web::test]
async fn the_answer_200_is_remembered_as_well() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let body = json!({"participant_id": bob.id.to_string()});
    world.room(&alice, &body).await;
    for replayed in [None, Some("true")] {
        let answer = world.send(alice.post("/rooms", &body).insert_header(("Idempotency-Key", "k"))).await;
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, replayed));
    }
}

#[actix_web::test]
async fn any_other_body_under_the_same_key_is_refused() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let post = |body| world.send(alice.post("/rooms", &body).insert_header(("Idempotency-Key", "k")));
    let you = bob.id.to_string();
    assert_eq!(post(json!({"room_type": "ephemeral", "participant_id": you})).await.status, 201);
    for other in [
        json!({"room_type": "group", "participant_id": you}),
        json!({"participant_id": you}),
        json!({"room_type": "ephemeral", "participant_id": carol.id.to_string()}),
        json!({"room_type": "ephemeral", "participant_ids": [you]}),
        json!({"room_type": "ephemeral", "participant_id": you, "name": "Tea"}),
        json!({"room_type": "ephemeral", "participant_id": you, "ttl_seconds": 60}),
    ] {
        post(other).await.problem(422, "idempotency-key-reused");
    }
    let of_another_caller = bob.post("/rooms", &json!({"participant_id": carol.id.to_string()}));
    assert_eq!(world.send(of_another_caller.insert_header(("Idempotency-Key", "k"))).await.status, 201);
}

#[actix_web::test]
async fn a_bad_key_is_refused_by_name() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let post = || alice.post("/rooms", &json!({"participant_id": bob.id.to_string()}));
    let long = "k".repeat(256);
    for key in ["", "a b", long.as_str()] {
        let answer = world.send(post().insert_header(("Idempotency-Key", key))).await;
        assert_eq!(answer.fields(), ["Idempotency-Key"], "{key}");
    }
    let twice = post().append_header(("Idempotency-Key", "a")).append_header(("Idempotency-Key", "b"));
    assert_eq!(world.send(twice).await.fields(), ["Idempotency-Key"]);
}
