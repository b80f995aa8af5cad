//! `GET /rooms`, `GET /rooms/{id}` and `DELETE /rooms/{id}`.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

const NO_ROOM: &str = "0192f0c1-ffff-7000-8000-00000000dead";

#[actix_web::test]
async fn rooms_are_listed_newest_first_over_all_pages() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(world.room(&alice, &json!({"room_type": "group", "participant_id": bob.id.to_string()})).await);
        world.clock.advance(Duration::from_micros(1));
    }
    created.reverse();
    let (mut listed, mut path) = (Vec::new(), "/rooms?limit=2".to_owned());
    loop {
        let page = world.send(bob.get(&path)).await.json();
        let rooms = page["rooms"].as_array().unwrap();
        listed.extend(rooms.iter().map(|room| room["id"].as_str().unwrap().to_owned()));
        assert!(rooms.iter().all(|room| room["name"] == "Alice" && room["expires_at"].is_null()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        assert_eq!(rooms.len(), 2);
        path = format!("/rooms?limit=2&cursor={cursor}");
    }
    assert_eq!(listed, created);
    assert_eq!(world.send(bob.get("/rooms")).await.json()["rooms"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn someone_without_rooms_gets_an_empty_list() {
    let world = World::new();
    let alice = world.person("alice").await;
    assert_eq!(world.send(alice.get("/rooms")).await.json(), json!({"rooms": [], "next_cursor": null}));
}

#[actix_web::test]
async fn bad_query_parameters_are_refused_by_name() {
    let world = World::new();
    let alice = world.person("alice").await;
    for (query, fields) in [
        ("limit=0", &["limit"][..]),
        ("limit=1001", &["limit"]),
        ("limit=ten", &["limit"]),
        ("limit=", &["limit"]),
        ("limit=5&limit=5", &["limit"]),
        ("cursor=", &["cursor"]),
        ("cursor=%FF", &["cursor"]),
        ("limit=-1&cursor=x", &["limit", "cursor"]),
    ] {
        assert_eq!(world.send(alice.get(&format!("/rooms?{query}"))).await.fields(), fields, "{query}");
    }
    assert_eq!(world.send(alice.get("/rooms?limit=1000&unknown=1")).await.status, 200);
}

#[actix_web::test]
async fn a_room_is_shown_to_its_participants_from_their_side() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let shown = world.send(bob.get(&format!("/rooms/{room}"))).await;
    assert_eq!((shown.status, &shown.json()["name"]), (200, &json!("Alice")));
    let encoded = format!("/rooms/{}", room.replace('-', "%2D"));
    assert_eq!(world.send(bob.get(&encoded)).await.json(), shown.json());
}

#[actix_web::test]
async fn to_anyone_else_a_room_does_not_exist() {
    let world = World::new();
    let (alice, bob, carol) = (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let room = world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await;
    let absent = world.send(carol.get(&format!("/rooms/{NO_ROOM}"))).await;
    absent.problem(404, "room-not-found");
    for path in [format!("/rooms/{room}"), "/rooms/none".to_owned(), "/rooms/%FF".to_owned(), "/rooms/a%2Fb".to_owned()]
    {
        for request in [carol.get(&path), carol.delete(&path)] {
            let answer = world.send(request).await;
            answer.problem(404, "room-not-found");
            assert_eq!(answer.without_instance(), absent.without_instance(), "{path}");
        }
    }
}

#[actix_web::test]
async fn only_the_owner_deletes_a_room_and_then_it_is_gone() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let path = format!("/rooms/{}", world.room(&alice, &json!({"participant_id": bob.id.to_string()})).await);
    world.send(bob.delete(&path)).await.problem(403, "forbidden");
    let deleted = world.send(alice.delete(&path)).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    world.send(alice.delete(&path)).await.problem(404, "room-not-found");
    world.send(bob.get(&path)).await.problem(404, "room-not-found");
}

#[actix_web::test]
async fn an_ephemeral_room_is_gone_at_its_instant() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let body = json!({"room_type": "ephemeral", "participant_id": bob.id.to_string(), "ttl_seconds": 60});
    let path = format!("/rooms/{}", world.room(&alice, &body).await);
    world.clock.advance(Duration::from_micros(59_999_999));
    assert_eq!(world.send(bob.get(&path)).await.status, 200);
    world.clock.advance(Duration::from_micros(1));
    world.send(bob.get(&path)).await.problem(404, "room-not-found");
    world.send(alice.delete(&path)).await.problem(404, "room-not-found");
    assert_eq!(world.send(bob.get("/rooms")).await.json()["rooms"], json!([]));
}
