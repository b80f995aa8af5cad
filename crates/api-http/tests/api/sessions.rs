//! `/auth/sessions`.

use std::time::Duration;

use actix_web::test::TestRequest;
use serde_json::Value;

use crate::world::{Person, World};

async fn sessions(world: &World, person: &Person) -> Vec<Value> {
    let answer = world.send(person.get("/auth/sessions")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["sessions"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn the_callers_live_sessions_are_listed_and_the_current_one_is_marked() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    world.clock.advance(Duration::from_secs(60));
    world.session(alice.id).await;
    let listed = sessions(&world, &alice).await;
    let marks: Vec<_> = listed.iter().map(|session| session["is_current"].as_bool().unwrap()).collect();
    assert_eq!(marks, [true, false]);
    assert_eq!(listed[0]["created_at"], "2026-11-22T18:00:00.123456Z");
    assert_eq!(listed[0]["expires_at"], "2026-11-23T18:00:00.123456Z");
    assert_eq!(listed[0].as_object().unwrap().len(), 4, "{}", listed[0]);
    assert_eq!(sessions(&world, &bob).await.len(), 1);
}

#[actix_web::test]
async fn a_session_is_revoked_by_its_owner_and_its_sockets_are_closed() {
    let world = World::new();
    let alice = world.person("alice").await;
    let other = world.session(alice.id).await;
    let id = sessions(&world, &alice).await[1]["id"].as_str().unwrap().to_owned();
    let answer = world.send(alice.delete(&format!("/auth/sessions/{id}"))).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let disconnected = world.told.disconnected.lock().unwrap().clone();
    assert_eq!(disconnected.iter().map(ToString::to_string).collect::<Vec<_>>(), std::slice::from_ref(&id));
    let with_other = TestRequest::get().uri("/auth/me").insert_header(("Authorization", format!("Bearer {other}")));
    world.send(with_other).await.problem(401, "unauthenticated");
    world.send(alice.delete(&format!("/auth/sessions/{id}"))).await.problem(404, "not-found");
}

#[actix_web::test]
async fn an_absent_session_and_somebody_elses_get_the_same_answer() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let foreign = sessions(&world, &bob).await[0]["id"].as_str().unwrap().to_owned();
    let absent = "0192f0c1-2345-7000-8000-00000000dead";
    let mut bodies = Vec::new();
    for id in [foreign.as_str(), absent, "nonsense"] {
        let answer = world.send(alice.delete(&format!("/auth/sessions/{id}"))).await;
        answer.problem(404, "not-found");
        bodies.push(answer.without_instance());
    }
    assert!(bodies.windows(2).all(|two| two[0] == two[1]), "{bodies:?}");
    assert_eq!(sessions(&world, &bob).await.len(), 1);
}

#[actix_web::test]
async fn all_others_are_revoked_and_the_calling_one_goes_on() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for _ in 0..3 {
        world.session(alice.id).await;
    }
    let answer = world.send(alice.delete("/auth/sessions")).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let left = sessions(&world, &alice).await;
    assert_eq!((left.len(), &left[0]["is_current"]), (1, &Value::Bool(true)));
    assert_eq!(world.told.disconnected.lock().unwrap().len(), 3);
    assert_eq!(sessions(&world, &bob).await.len(), 1);
}

#[actix_web::test]
async fn a_foreign_page_revokes_nothing() {
    let world = World::new();
    let alice = world.person("alice").await;
    world.session(alice.id).await;
    let request = TestRequest::delete().uri("/auth/sessions").insert_header(alice.cookie());
    world.send(request.insert_header(("Origin", "https://evil.example"))).await.problem(403, "forbidden");
    assert_eq!(sessions(&world, &alice).await.len(), 2);
}
