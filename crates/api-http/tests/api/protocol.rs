//! What every route has in common.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::world::World;

#[actix_web::test]
async fn an_unknown_path_is_a_problem() {
    let world = World::new();
    for path in ["/", "/nothing", "/rooms/", "/rooms/a/b", "/docs/nothing.js"] {
        world.send(TestRequest::get().uri(path)).await.problem(404, "not-found");
    }
}

#[actix_web::test]
async fn another_method_is_refused_with_those_that_are_allowed() {
    let world = World::new();
    for (method, path, allow) in [
        (Method::PUT, "/rooms", "GET, HEAD, POST, OPTIONS"),
        (Method::POST, "/rooms/x", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        (Method::GET, "/rooms/x/participants", "POST, OPTIONS"),
        (Method::GET, "/rooms/x/participants/y", "PATCH, DELETE, OPTIONS"),
        (Method::TRACE, "/inbox", "GET, HEAD, OPTIONS"),
        (Method::POST, "/auth/me", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        (Method::POST, "/auth/blocks/x", "PUT, DELETE, OPTIONS"),
        (Method::GET, "/auth/logout", "POST, OPTIONS"),
        (Method::POST, "/health", "GET, HEAD, OPTIONS"),
        (Method::POST, "/docs/", "GET, HEAD, OPTIONS"),
    ] {
        let refused = world.send(TestRequest::default().method(method).uri(path)).await;
        refused.problem(405, "method-not-allowed");
        assert_eq!(refused.header("allow"), Some(allow), "{path}");
        let options = world.send(TestRequest::default().method(Method::OPTIONS).uri(path)).await;
        assert_eq!((options.status, options.header("allow")), (204, Some(allow)), "{path}");
    }
}

#[actix_web::test]
async fn a_body_of_another_kind_or_size_is_refused() {
    let world = World::new();
    let alice = world.person("alice").await;
    let post = || TestRequest::post().uri("/rooms").insert_header(alice.bearer());
    for request in [
        post().set_payload("{}"),
        post().insert_header(("Content-Type", "text/plain")).set_payload("{}"),
        post().insert_header(("Content-Type", "application/json")).insert_header(("Content-Encoding", "gzip")),
    ] {
        world.send(request).await.problem(415, "unsupported-media-type");
    }
    let padded = |size: usize| format!("{}{}", "{}", " ".repeat(size - 2));
    let json = || post().insert_header(("Content-Type", "application/json"));
    world.send(json().set_payload(padded(65_536))).await.problem(400, "malformed-request");
    world.send(json().set_payload(padded(65_537))).await.problem(413, "payload-too-large");
}

#[actix_web::test]
async fn every_answer_has_the_requests_id_and_safe_headers() {
    let world = World::new();
    let alice = world.person("alice").await;
    for request in [
        alice.get("/rooms"),
        TestRequest::get().uri("/nothing"),
        TestRequest::get().uri("/health"),
        TestRequest::get().uri("/openapi.json"),
    ] {
        let answer = world.send(request.insert_header(("X-Request-Id", "trace-7"))).await;
        assert_eq!(answer.header("x-request-id"), Some("trace-7"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("cache-control").is_some());
    }
    let minted = world.send(alice.get("/rooms").insert_header(("X-Request-Id", "two words"))).await;
    assert!(minted.header("x-request-id").unwrap().parse::<uuid::Uuid>().is_ok());
    assert_eq!(minted.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn the_reference_is_served_without_the_network() {
    let world = World::new();
    let entrance = world.send(TestRequest::get().uri("/docs")).await;
    assert_eq!((entrance.status, entrance.header("location")), (307, Some("/docs/")));
    let page = world.send(TestRequest::get().uri("/docs/")).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    for link in ["swagger-ui.css", "index.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        assert!(page.text.contains(link));
        assert_eq!(world.send(TestRequest::get().uri(&format!("/docs/{link}"))).await.status, 200, "{link}");
    }
    let start = world.send(TestRequest::get().uri("/docs/swagger-initializer.js")).await;
    assert!(
        start.text.contains("../openapi.json") && start.text.contains("\"validatorUrl\": \"none\""),
        "{}",
        start.text
    );
    let document = world.send(TestRequest::get().uri("/openapi.json")).await;
    assert_eq!(document.header("content-type"), Some("application/json"));
    assert_eq!(document.json()["openapi"], json!("3.1.0"));
}
