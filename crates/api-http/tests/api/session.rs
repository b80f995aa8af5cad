//! `/auth/me` and `/auth/logout`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::test::TestRequest;
use parlour_domain::mocks::MockSessionRepo;
use parlour_domain::port::{SessionRepo, WriteError};
use parlour_domain::{Session, SessionLifetime, SessionToken, Timestamp, UserId};
use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn the_caller_is_told_who_they_are() {
    let world = World::new();
    let alice = world.person("alice").await;
    let expected = json!({
        "id": alice.id.to_string(), "username": "alice", "display_name": "Alice", "is_active": true,
        "is_verified": false, "created_at": "2026-11-22T18:00:00.123456Z",
    });
    for header in [alice.bearer(), alice.cookie()] {
        let answer = world.send(TestRequest::get().uri("/auth/me").insert_header(header)).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()));
    }
}

#[actix_web::test]
async fn a_session_ends_after_a_day() {
    let world = World::new();
    let alice = world.person("alice").await;
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    world.send(alice.get("/auth/me")).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_sliding_session_that_came_by_cookie_gets_the_cookie_again_whoever_has_moved_its_end() {
    let hour = Duration::from_secs(3_600);
    let world = World::with(|ports| ports.lifetime = SessionLifetime::sliding(hour * 24, hour * 30));
    let alice = world.person("alice").await;
    let me = |header| world.send(TestRequest::get().uri("/auth/me").insert_header(header));
    world.clock.advance(hour);
    // As an open socket does, or another client that has the token.
    assert_eq!(me(alice.bearer()).await.header("set-cookie"), None);
    let answer = me(alice.cookie()).await;
    let cookie = answer.header("set-cookie").unwrap();
    let value = format!("chat_session={};", alice.token);
    for part in [value.as_str(), "Max-Age=86400", "Path=/", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    world.clock.advance(hour / 2);
    let answer = me(alice.cookie()).await;
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=84600"), "half an hour has passed");

    world.clock.advance(hour * 20 + hour / 2);
    let answer = me(alice.cookie()).await;
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=28800"), "8 of 30 hours are left");
    world.clock.advance(hour * 8);
    me(alice.cookie()).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_logout_takes_the_cookie_away_also_when_its_session_has_just_been_extended() {
    let hour = Duration::from_secs(3_600);
    let world = World::with(|ports| ports.lifetime = SessionLifetime::sliding(hour * 24, hour * 30));
    let alice = world.person("alice").await;
    world.clock.advance(hour);
    let answer = world.send(TestRequest::post().uri("/auth/logout").insert_header(alice.cookie())).await;
    assert_eq!(answer.headers.get_all("set-cookie").count(), 1);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[actix_web::test]
async fn a_logout_revokes_the_session_closes_its_sockets_and_deletes_the_cookie() {
    let world = World::new();
    let alice = world.person("alice").await;
    let logout = TestRequest::post().uri("/auth/logout").insert_header(alice.cookie());
    let answer = world.send(logout).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["chat_session=;", "Max-Age=0", "Path=/", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(world.told.disconnected.lock().unwrap().len(), 1);
    world.send(alice.get("/auth/me")).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_logout_without_a_session_is_one() {
    let world = World::new();
    let logout = || TestRequest::post().uri("/auth/logout");
    for request in [logout(), logout().insert_header(("Cookie", "chat_session=nonsense"))] {
        let answer = world.send(request).await;
        assert_eq!(answer.status, 204);
        assert!(answer.header("set-cookie").is_some());
    }
}

#[actix_web::test]
async fn a_logout_that_could_not_be_written_does_not_pretend() {
    let token = SessionToken::from_random_bytes([1; 32]);
    let session = Session::issue(
        "0192f0c1-2345-7000-8000-000000000001".parse().unwrap(),
        UserId::from_uuid(uuid::Uuid::from_u128(1)),
        &token,
        Timestamp::from_micros(1_795_370_400_000_000).unwrap(),
    );
    let mut sessions = MockSessionRepo::new();
    sessions.expect_find_by_token().returning(move |_| Ok(Some(session.clone())));
    sessions.expect_remove().returning(|_| Err(WriteError::Unavailable("engine words".into())));
    let sessions: Arc<dyn SessionRepo> = Arc::new(sessions);
    let world = World::with(|ports| ports.sessions = sessions);
    let bearer = ("Authorization", format!("Bearer {}", token.reveal()));
    let answer = world.send(TestRequest::post().uri("/auth/logout").insert_header(bearer)).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("set-cookie"), None);
}
