//! What is written about a request.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Arc, Once};

use actix_web::test::TestRequest;
use parlour_domain::mocks::MockRoomRepo;
use parlour_domain::port::ReadError;
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
