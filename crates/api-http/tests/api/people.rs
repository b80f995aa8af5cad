//! `POST /auth/users/search`, `PATCH /auth/me` and `DELETE /auth/me`.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::world::{Person, World};

async fn found(world: &World, caller: &Person, body: &Value) -> Vec<String> {
    let answer = world.send(caller.post("/auth/users/search", body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let users = answer.json()["users"].as_array().cloned().unwrap();
    users.iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect()
}

/// The newest event of somebody's inbox, once it is one of this kind: it may be told after the answer.
async fn newest(world: &World, person: &Person, kind: &str) -> Value {
    loop {
        let events = world.send(person.get("/inbox")).await.json()["events"].as_array().cloned().unwrap();
        match events.last() {
            Some(event) if event["type"] == kind => return event.clone(),
            _ => tokio::task::yield_now().await,
        }
    }
}

#[actix_web::test]
async fn the_best_match_comes_first_and_neither_the_caller_nor_the_inactive_come() {
    let world = World::new();
    let alice = world.person("alice").await;
    for name in ["xalix", "ali", "alibaba", "bob"] {
        world.active_user(name).await;
    }
    world.inactive_user("alina").await;
    assert_eq!(found(&world, &alice, &json!({"query": " \u{c1}LI "})).await, ["ali", "alibaba", "xalix"]);
    assert_eq!(found(&world, &alice, &json!({"query": "ali", "limit": 2})).await, ["ali", "alibaba"]);
    assert_eq!(found(&world, &alice, &json!({"query": "%%", "limit": null})).await, [""; 0]);
    for number in 0..12 {
        world.active_user(&format!("crowd-{number}")).await;
    }
    assert_eq!(found(&world, &alice, &json!({"query": "crowd"})).await.len(), 10);
    let user = world.send(alice.post("/auth/users/search", &json!({"query": "bob"}))).await.json()["users"][0].clone();
    assert_eq!((&user["display_name"], &user["is_active"]), (&json!("bob"), &json!(true)));
}

#[actix_web::test]
async fn what_cannot_be_searched_for_is_refused_by_name() {
    let world = World::new();
    let alice = world.person("alice").await;
    for (body, fields) in [
        (json!({}), vec!["query"]),
        (json!({"query": "a"}), vec!["query"]),
        (json!({"query": "a".repeat(51)}), vec!["query"]),
        (json!({"query": 7, "limit": 0}), vec!["query", "limit"]),
        (json!({"query": "ab", "limit": 51}), vec!["limit"]),
        (json!({"query": "ab", "limit": 1.5}), vec!["limit"]),
    ] {
        assert_eq!(world.send(alice.post("/auth/users/search", &body)).await.fields(), fields, "{body}");
    }
    let anonymous = TestRequest::post().uri("/auth/users/search").set_json(json!({"query": "ab"}));
    world.send(anonymous).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_new_name_is_seen_in_every_read_and_told_to_those_who_share_a_room() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let renamed = world.send(alice.patch("/auth/me", &json!({"display_name": " Zo\u{eb} "}))).await;
    assert_eq!((renamed.status, &renamed.json()["display_name"]), (200, &json!("Zo\u{eb}")));
    assert_eq!(renamed.json(), world.send(alice.get("/auth/me")).await.json());
    let rooms = world.send(bob.get("/rooms")).await.json()["rooms"].clone();
    assert_eq!(rooms[0]["name"], "Zo\u{eb}");
    assert_eq!(rooms[0]["participants"][0]["display_name"], "Zo\u{eb}");
    assert_eq!(world.send(bob.get(&format!("/rooms/{direct}"))).await.json(), rooms[0]);
    for person in [&alice, &bob] {
        let event = newest(&world, person, "participant_changed").await;
        assert_eq!((&event["room_id"], &event["participant"]["display_name"]), (&json!(direct), &json!("Zo\u{eb}")));
    }
    assert_eq!(found(&world, &bob, &json!({"query": "zoe"})).await, ["alice"]);
}

#[actix_web::test]
async fn who_asks_for_the_name_they_have_keeps_it_and_nobody_is_told() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let told = world.told.notices.lock().unwrap().len();
    for body in [json!({"display_name": "Alice"}), json!({}), json!({"more": 1})] {
        let answer = world.send(alice.patch("/auth/me", &body)).await;
        assert_eq!((answer.status, &answer.json()["display_name"]), (200, &json!("Alice")));
    }
    assert_eq!(world.told.notices.lock().unwrap().len(), told);
    for name in [json!(""), json!("  "), json!(null), json!(7), json!("a".repeat(101)), json!("a\nb")] {
        let refused = world.send(alice.patch("/auth/me", &json!({"display_name": name}))).await;
        assert_eq!(refused.fields(), ["display_name"], "{name}");
    }
}

#[actix_web::test]
async fn whoever_goes_leaves_a_tombstone_and_no_way_back() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let answer = world.send(alice.delete("/auth/me")).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(world.told.disconnected.lock().unwrap().len(), 1);
    for request in [alice.get("/auth/me"), alice.get("/rooms"), alice.delete("/auth/me")] {
        world.send(request).await.problem(401, "unauthenticated");
    }
    let event = newest(&world, &bob, "participant_changed").await;
    assert_eq!(event["participant"]["display_name"], "Deleted account");
    let room = world.send(bob.get(&format!("/rooms/{direct}"))).await.json();
    assert_eq!((&room["name"], &room["participants"][0]["username"]), (&json!("Deleted account"), &json!("alice")));
    assert_eq!(found(&world, &bob, &json!({"query": "alice"})).await, [""; 0]);
    let group = json!({"room_type": "group", "participant_id": alice.id.to_string()});
    world.send(bob.post("/rooms", &group)).await.problem(404, "participant-not-found");
}
