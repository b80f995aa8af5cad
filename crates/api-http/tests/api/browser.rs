//! What a browser is told, and what it may not be used for.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::world::{ORIGIN, World};

const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[actix_web::test]
async fn no_answer_can_be_framed_sniffed_or_taken_by_another_site() {
    let world = World::new();
    let alice = world.person("alice").await;
    for (request, status) in [
        (alice.get("/rooms"), 200),
        (alice.get("/rooms/x"), 404),
        (TestRequest::get().uri("/rooms"), 401),
        (TestRequest::post().uri("/rooms").insert_header(("Sec-Fetch-Site", "cross-site")), 403),
        (TestRequest::get().uri("/nothing"), 404),
        (TestRequest::put().uri("/rooms"), 405),
        (TestRequest::post().uri("/auth/logout"), 204),
        (TestRequest::get().uri("/health"), 200),
        (TestRequest::get().uri("/openapi.json"), 200),
        (TestRequest::get().uri("/docs"), 307),
    ] {
        let answer = world.send(request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("content-security-policy", NO_PAGE),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} of {status}");
        }
    }
}

#[actix_web::test]
async fn what_needs_a_session_is_never_stored() {
    let world = World::new();
    let alice = world.person("alice").await;
    for path in ["/rooms", "/rooms/x", "/inbox", "/auth/me"] {
        for request in [alice.get(path), TestRequest::get().uri(path)] {
            assert_eq!(world.send(request).await.header("cache-control"), Some("no-store"), "{path}");
        }
    }
}

#[actix_web::test]
async fn the_reference_runs_no_script_but_its_own_and_cannot_be_framed() {
    let world = World::new();
    for path in ["/docs/", "/docs/swagger-ui-bundle.js"] {
        let answer = world.send(TestRequest::get().uri(path)).await;
        let policy = answer.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
    }
    let page = world.send(TestRequest::get().uri("/docs/")).await;
    assert!(!page.text.contains("<script>"), "the policy forbids a script in the page");
}

#[actix_web::test]
async fn https_is_demanded_where_cookies_are_secure() {
    let world = World::new();
    assert_eq!(world.send(TestRequest::get().uri("/health")).await.header("strict-transport-security"), None);
    let world = World::with(|ports| ports.config.secure_cookies = true);
    let answer = world.send(TestRequest::get().uri("/health")).await;
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
}

#[actix_web::test]
async fn a_foreign_page_changes_nothing_without_a_cookie_either() {
    let world = World::new();
    let alice = world.person("alice").await;
    for (method, path) in [
        (Method::POST, "/rooms"),
        (Method::POST, "/auth/logout"),
        (Method::DELETE, "/rooms/x"),
        (Method::POST, "/nothing"),
    ] {
        let send = async |name: &'static str, value: &'static str| {
            let request = TestRequest::default().method(method.clone()).uri(path).insert_header((name, value));
            world.send(request.insert_header(("Host", "chat.example")).set_json(json!({}))).await
        };
        for (name, value) in [
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            send(name, value).await.problem(403, "forbidden");
        }
        for (name, value) in [
            ("Origin", ORIGIN),
            ("Origin", "https://chat.example"),
            ("Sec-Fetch-Site", "same-origin"),
            ("X-Of", "none"),
        ] {
            assert_ne!(send(name, value).await.status, 403, "{method} {path} {name}: {value}");
        }
    }
    let forged = TestRequest::post()
        .uri("/rooms")
        .insert_header(alice.bearer())
        .insert_header(("Origin", "https://evil.example"));
    assert_ne!(world.send(forged.set_json(json!({}))).await.status, 403, "no foreign page can set the header");
}

#[actix_web::test]
async fn answers_to_pages_of_different_origins_are_not_mixed_up_by_a_cache() {
    let world = World::new();
    let alice = world.person("alice").await;
    for request in [
        alice.get("/rooms").insert_header(("Origin", ORIGIN)),
        TestRequest::get().uri("/openapi.json").insert_header(("Origin", ORIGIN)),
    ] {
        let answer = world.send(request).await;
        assert!(answer.header("vary").unwrap().to_lowercase().contains("origin"));
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    }
}
