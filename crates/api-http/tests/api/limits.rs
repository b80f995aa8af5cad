//! How often one may ask.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use parlour_api_http::{LimitKey, ProxyHeader, limited_routes, route_table};
use serde_json::json;

use crate::world::{Answer, Person, World};

/// A world with limits; `rates` as an operator gives them.
fn world(rates: &str) -> World {
    World::with(|ports| ports.rates = rates.parse().unwrap())
}

async fn open(world: &World, person: &Person, peer: &Person) -> Answer {
    world.send(person.post("/rooms", &json!({"participant_id": peer.id.to_string()}))).await
}

#[actix_web::test]
async fn a_user_who_asks_too_often_is_told_when_the_next_request_is_allowed() {
    let world = world("create-room=2/min");
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    assert_eq!(open(&world, &alice, &bob).await.status, 201);
    assert_eq!(open(&world, &alice, &bob).await.status, 200);
    let refused = open(&world, &alice, &bob).await;
    let document = refused.problem(429, "rate-limited");
    assert_eq!(refused.header("retry-after"), Some("30"), "{document}");
    world.clock.advance(Duration::from_millis(29_999));
    assert_eq!(open(&world, &alice, &bob).await.header("retry-after"), Some("1"), "never less than a second");
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(open(&world, &alice, &bob).await.status, 200, "a refusal uses nothing up");
    assert_eq!(open(&world, &alice, &bob).await.header("retry-after"), Some("30"));
}

#[actix_web::test]
async fn one_user_does_not_use_up_what_another_has_and_all_sessions_of_one_count_together() {
    let world = world("create-room=1/h");
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    assert_eq!(open(&world, &alice, &bob).await.status, 201);
    let again = world.in_another_session(alice).await;
    open(&world, &again, &bob).await.problem(429, "rate-limited");
    assert_eq!(open(&world, &bob, &again).await.status, 200);
}

#[actix_web::test]
async fn a_request_counts_whatever_it_says_and_only_where_there_is_a_limit() {
    let world = world("create-room=1/h");
    let alice = world.person("alice").await;
    world.send(alice.post("/rooms", &json!({}))).await.problem(400, "malformed-request");
    world.send(alice.post("/rooms", &json!({}))).await.problem(429, "rate-limited");
    for path in ["/auth/me", "/rooms", "/inbox"] {
        for _ in 0..5 {
            assert_eq!(world.send(alice.get(path)).await.status, 200, "{path}");
        }
    }
    let nobody = TestRequest::post().uri("/rooms").set_json(json!({}));
    world.send(nobody).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn the_defaults_hold_when_nothing_is_chosen() {
    let world = World::with(|ports| ports.rates = parlour_api_http::Rates::default());
    let alice = world.person("alice").await;
    for _ in 0..60 {
        assert_eq!(world.send(alice.post("/rooms", &json!({}))).await.status, 400);
    }
    world.send(alice.post("/rooms", &json!({}))).await.problem(429, "rate-limited");
}

#[actix_web::test]
async fn without_limits_nobody_is_refused() {
    let world = world("off");
    let alice = world.person("alice").await;
    for _ in 0..61 {
        assert_eq!(world.send(alice.post("/rooms", &json!({}))).await.status, 400);
    }
}

#[actix_web::test]
async fn a_letter_that_is_percent_encoded_gets_nobody_around_a_limit() {
    for route in limited_routes() {
        let world = world(&format!("{}=1/h", route.name));
        let alice = world.person("alice").await;
        let ask = async |path: &str| {
            let request = TestRequest::default().method(route.method.clone()).uri(path).insert_header(alice.bearer());
            world.send(request.set_json(json!({}))).await
        };
        let letters = |path: &str| path.match_indices(char::is_alphabetic).map(|(at, _)| at).collect::<Vec<_>>();
        assert_ne!(ask(route.path).await.status, 429, "{}", route.name);
        for at in letters(route.path) {
            let (before, rest) = route.path.split_at(at);
            for encoded in [format!("%{:02x}", rest.as_bytes()[0]), format!("%{:02X}", rest.as_bytes()[0])] {
                let path = format!("{before}{encoded}{}", &rest[1..]);
                let refused = ask(&path).await;
                assert_eq!(refused.status, 429, "{} by {path}", route.name);
            }
        }
    }
}

#[actix_web::test]
async fn a_client_is_counted_by_what_its_proxy_says() {
    let world = World::with(|ports| {
        ports.rates = "register-begin=1/h".parse().unwrap();
        ports.config.proxies.trusted = vec!["10.0.0.0/8".parse().unwrap()];
        ports.config.proxies.header = ProxyHeader::XForwardedFor;
    });
    let ask = async |peer: &str, said: &'static str| {
        let request = TestRequest::post().uri("/auth/register/begin").peer_addr(peer.parse().unwrap());
        let request = request.insert_header(("X-Forwarded-For", said)).set_json(json!({}));
        let probe = |routes: &mut actix_web::web::ServiceConfig| {
            if !route_table().iter().any(|(_, path)| *path == "/auth/register/begin") {
                routes.route("/auth/register/begin", actix_web::web::post().to(actix_web::HttpResponse::Accepted));
            }
        };
        world.send_to(request, probe).await
    };
    assert_ne!(ask("10.0.0.1:9", "203.0.113.1").await.status, 429);
    ask("10.0.0.2:9", "203.0.113.1").await.problem(429, "rate-limited");
    assert_ne!(ask("10.0.0.1:9", "203.0.113.2").await.status, 429);
    ask("10.0.0.1:9", "203.0.113.7, 203.0.113.2").await.problem(429, "rate-limited");
    assert_ne!(ask("192.0.2.1:9", "203.0.113.8").await.status, 429);
    ask("192.0.2.1:9", "203.0.113.9").await.problem(429, "rate-limited");
    assert_ne!(ask("[2001:db8::1]:9", "").await.status, 429);
    ask("[2001:db8::2]:9", "").await.problem(429, "rate-limited");
}

#[test]
fn the_document_has_429_where_there_is_a_limit_and_nowhere_else() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_limited = limited_routes()
                .iter()
                .any(|route| route.path == path && route.method.as_str().eq_ignore_ascii_case(method));
            let refusal = &operation["responses"]["429"];
            assert_eq!(!refusal.is_null(), is_limited, "{method} {path}");
            assert_eq!(refusal["headers"]["Retry-After"].is_object(), is_limited, "{method} {path}");
        }
    }
}

#[test]
fn every_limit_is_in_the_documentation_of_the_operator() {
    let documentation = include_str!("../../../../docs/operations.md");
    for route in limited_routes() {
        let by = match route.by {
            LimitKey::Client => "client",
            LimitKey::User => "user",
        };
        let row = format!("| `{}` | `{} {}` | {} | {by} |", route.name, route.method, route.path, route.default);
        assert!(documentation.contains(&row), "{row}");
    }
}

#[test]
fn the_caller_can_always_be_asked_for() {
    assert!(limited_routes().iter().all(|route| (&route.method, route.path) != (&Method::GET, "/auth/me")));
}
