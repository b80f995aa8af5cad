//! What is written about a request.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Arc, Once};

use actix_web::test::TestRequest;
use parlour_domain::mocks::{MockRoomRepo, MockTokenVerifier};
use parlour_domain::port::{ReadError, VerifyTokenError};
use serde_json::json;
use tracing::Level;

use crate::world::World;

#[actix_web::test]
async fn a_request_is_one_line_with_its_id_route_status_and_duration() {
    let world = World::new();
    let alice = world.person("alice").await;
    let path = "/rooms/0192f0c1-2345-7000-8000-00000000dead";
    begin_to_write();
    world.send(alice.get(path).insert_header(("X-Request-Id", "trace-7"))).await;
    let text = written();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("trace-7")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    for part in [" INFO ", "method=\"GET\"", "route=\"/rooms/{id}\"", "status=404", "duration_us="] {
        assert!(lines[0].contains(part), "{part} in {text}");
    }
    assert!(!text.contains(&alice.token));
}

/// The line about a request that was answered.
async fn line_of(world: &World, request: TestRequest) -> String {
    begin_to_write();
    world.send(request).await;
    let text = written();
    let mut lines = text.lines().filter(|line| line.contains("request answered"));
    let line = lines.next().unwrap_or_default().to_owned();
    assert!(lines.next().is_none(), "{text}");
    line
}

#[actix_web::test]
async fn a_line_says_who_asked_and_from_where() {
    let world = World::with(|ports| ports.config.proxies.trusted = vec!["10.0.0.0/8".parse().unwrap()]);
    let alice = world.person("alice").await;
    let sessions = world.send(alice.get("/auth/sessions")).await.json();
    let session = sessions["sessions"][0]["id"].as_str().unwrap().to_owned();
    let who = [format!("user_id={} ", alice.id), format!("session_id={session} ")];
    for (peer, forwarded, client) in [
        ("192.0.2.7:4711", "203.0.113.9", "client=192.0.2.7 "),
        ("10.0.0.1:4711", "203.0.113.9:80", "client=203.0.113.9 "),
        ("[2001:db8:1:2:3:4:5:6]:4711", "", "client=2001:db8:1:2:: "),
    ] {
        let from = |request: TestRequest| {
            request.peer_addr(peer.parse().unwrap()).insert_header(("X-Forwarded-For", forwarded))
        };
        for request in [alice.get("/rooms"), alice.get("/rooms/x"), alice.post("/rooms", &json!({}))] {
            let line = line_of(&world, from(request)).await;
            for part in who.iter().map(String::as_str).chain([client]) {
                assert!(line.contains(part), "{part} in {line}");
            }
        }
        let line = line_of(&world, from(TestRequest::get().uri("/rooms"))).await;
        assert!(line.contains(client) && line.contains("status=401"), "{line}");
        assert!(!line.contains("user_id") && !line.contains("session_id"), "{line}");
    }
    let line = line_of(&world, TestRequest::post().uri("/auth/logout").insert_header(alice.bearer())).await;
    assert!(who.iter().all(|part| line.contains(part)), "{line}");
    assert!(!line.contains(&alice.token));
}

#[actix_web::test]
async fn a_token_that_is_refused_leaves_one_line_whatever_it_says() {
    let mut verifier = MockTokenVerifier::new();
    let cause = format!("unknown variant `\n2026-11-22 INFO forged\u{1b}[2J{}", "x".repeat(8_000));
    verifier.expect_verify().returning(move |_| Err(VerifyTokenError::Refused(cause.clone().into())));
    let world = World::with(|ports| ports.verifier = Some(Arc::new(verifier)));
    begin_to_write();
    let request = TestRequest::get().uri("/auth/me").insert_header(("Authorization", "Bearer a.b.c"));
    world.send(request.peer_addr("192.0.2.7:4711".parse().unwrap())).await.problem(401, "unauthenticated");
    let text = written();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("forged")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    for part in [" INFO ", "signed token refused", "unknown variant", "client=192.0.2.7"] {
        assert!(lines[0].contains(part), "{part} in {text}");
    }
    assert!(!text.contains('\u{1b}') && lines[0].len() < 1_000, "{text}");
}

#[actix_web::test]
async fn checks_are_for_the_curious() {
    let world = World::new();
    begin_to_write();
    world.send(TestRequest::get().uri("/health")).await;
    let text = written();
    assert!(text.contains("route=\"/health\" status=200"), "{text}");
    assert!(!text.contains(" INFO "), "{text}");
}

#[actix_web::test]
async fn the_cause_of_a_failure_is_written_once_with_what_the_engine_said() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_list_of().returning(|_, _, _, _| Err(ReadError::Unavailable("engine words".into())));
    let world = World::with(|ports| ports.rooms = Arc::new(rooms));
    let alice = world.person("alice").await;
    begin_to_write();
    world.send(alice.get("/rooms").insert_header(("X-Request-Id", "trace-8"))).await.problem(503, "unavailable");
    let text = written();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("engine words")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    for part in [" ERROR ", "trace-8", "store is unavailable"] {
        assert!(lines[0].contains(part), "{part} in {text}");
    }
}

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Keeps what is written on this thread from now on. The subscriber is that of the whole program: one that comes and
/// goes with a test races with the other tests for what is enabled.
fn begin_to_write() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        tracing_subscriber::fmt().with_ansi(false).with_max_level(Level::DEBUG).with_writer(|| ThisThread).init();
    });
    WRITTEN.set(Some(Vec::new()));
}

fn written() -> String {
    String::from_utf8(WRITTEN.take().unwrap_or_default()).unwrap()
}

struct ThisThread;

impl Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.with_borrow_mut(|kept| kept.as_mut().map_or(Ok(bytes.len()), |kept| kept.write(bytes)))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
