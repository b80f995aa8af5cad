//! Pages of other origins: what they may call, and what a cookie is worth in their hands.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::world::{ORIGIN, World};

#[actix_web::test]
async fn a_configured_origin_may_call_with_credentials() {
    let world = World::new();
    let alice = world.person("alice").await;
    let preflight = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/rooms")
        .insert_header(("Origin", ORIGIN))
        .insert_header(("Access-Control-Request-Method", "POST"))
        .insert_header(("Access-Control-Request-Headers", "content-type,idempotency-key"));
    let allowed = world.send(preflight).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    for method in ["PATCH", "DELETE"] {
        let preflight = TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/rooms/x")
            .insert_header(("Origin", ORIGIN))
            .insert_header(("Access-Control-Request-Method", method));
        assert_eq!(world.send(preflight).await.status, 200, "{method}");
    }
    let refused = world.send(TestRequest::get().uri("/rooms").insert_header(("Origin", ORIGIN))).await;
    refused.problem(401, "unauthenticated");
    assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN));
    let listed = world.send(alice.get("/rooms").insert_header(("Origin", ORIGIN))).await;
    assert!(listed.header("access-control-expose-headers").unwrap().to_lowercase().contains("x-request-id"));
}

#[actix_web::test]
async fn any_other_origin_is_not_named() {
    let world = World::new();
    let alice = world.person("alice").await;
    for origin in ["http://localhost:3001", "https://localhost:3000", "null"] {
        let listed = world.send(alice.get("/rooms").insert_header(("Origin", origin))).await;
        assert_eq!((listed.status, listed.header("access-control-allow-origin")), (200, None), "{origin}");
        let preflight = TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/rooms")
            .insert_header(("Origin", origin))
            .insert_header(("Access-Control-Request-Method", "POST"));
        world.send(preflight).await.problem(400, "malformed-request");
    }
}

#[actix_web::test]
async fn a_foreign_page_changes_nothing_with_the_cookie() {
    let world = World::new();
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let body = json!({"participant_id": bob.id.to_string()});
    let post = || TestRequest::post().uri("/rooms").set_json(&body).insert_header(("Host", "chat.example"));
    let evil = ("Origin", "https://evil.example");
    world.send(post().insert_header(alice.cookie()).insert_header(evil)).await.problem(403, "forbidden");
    world
        .send(post().insert_header(alice.cookie()).insert_header(("Sec-Fetch-Site", "cross-site")))
        .await
        .problem(403, "forbidden");
    let logout = TestRequest::post().uri("/auth/logout").insert_header(alice.cookie()).insert_header(evil);
    world.send(logout).await.problem(403, "forbidden");
    assert!(world.told.notices.lock().unwrap().is_empty());
    for request in [
        post().insert_header(alice.bearer()).insert_header(evil),
        post().insert_header(alice.cookie()).insert_header(("Origin", "https://chat.example")),
        post().insert_header(alice.cookie()).insert_header(("Origin", ORIGIN)),
        post().insert_header(alice.cookie()),
    ] {
        assert!(matches!(world.send(request).await.status, 200 | 201));
    }
}
