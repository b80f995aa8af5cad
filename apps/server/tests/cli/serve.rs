//! Starting, refusing to start, and stopping.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::{Place, Starting, parlour, refused, soon};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>;

async fn connect(server_url: &str, token: &str) -> Socket {
    let mut request = format!("{}/ws?since=0", server_url.replacen("http", "ws", 1)).into_client_request().unwrap();
    request.headers_mut().insert("Authorization", format!("Bearer {token}").parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    // The first frame says that the socket is live.
    assert!(matches!(soon(socket.next()).await, Some(Ok(Message::Text(_)))));
    socket
}

/// The code that the server closes a socket with.
async fn close_code(mut socket: Socket) -> u16 {
    loop {
        match soon(socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
            Some(Ok(_)) => {}
            other => panic!("closed without a code: {other:?}"),
        }
    }
}

async fn status(url: String) -> u16 {
    soon(reqwest::get(url)).await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_says_where_it_listens_and_what_it_uses() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(status(format!("{}/health", server.url)).await, 200);
    assert_eq!(status(format!("{}/ready", server.url)).await, 200);
    let data = place.data_dir();
    let users = format!("(users: sqlite://{}/", data.display());
    assert!(server.line.contains(&users) && server.line.ends_with(')'), "{}", server.line);
    assert!(!server.url.ends_with(":0"), "{}", server.url);
    server.signal("TERM");
    assert_eq!(server.wait(), (String::new(), Some(0)));
    assert!(!place.socket().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_closed_with_1001_on_either_signal_however_often_it_comes() {
    for signal in ["TERM", "INT"] {
        let place = Place::with_store("memory:");
        let server = place.serve();
        place.json(&["user", "add", "alice", "--display-name", "Alice"]);
        let issued = place.json(&["session", "issue", "alice"]);
        let socket = connect(&server.url, issued["token"].as_str().unwrap()).await;
        let begun = Instant::now();
        server.signal(signal);
        server.signal(signal);
        assert_eq!(close_code(socket).await, 1001);
        assert_eq!(server.wait().1, Some(0));
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_on_do_not_hold_up_the_end() {
    let place = Place::with_store("memory:");
    let server = place.serve();
    place.json(&["user", "add", "alice", "--display-name", "Alice"]);
    let issued = place.json(&["session", "issue", "alice"]);
    // Sockets that never read, and a connection that never finishes its request.
    let deaf = [
        connect(&server.url, issued["token"].as_str().unwrap()).await,
        connect(&server.url, issued["token"].as_str().unwrap()).await,
    ];
    let address = server.url.trim_start_matches("http://");
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{").await.unwrap();
    let begun = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait().1, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    drop((deaf, half));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered_before_the_end() {
    let place = Place::with_store("memory:");
    let server = place.serve();
    place.json(&["user", "add", "alice", "--display-name", "Alice"]);
    let bob = place.json(&["user", "add", "bob", "--display-name", "Bob"]);
    let issued = place.json(&["session", "issue", "alice"]);
    let address = server.url.trim_start_matches("http://").to_owned();
    let body = serde_json::json!({ "participant_id": bob["id"] }).to_string();
    let head = format!(
        "POST /rooms HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        issued["token"].as_str().unwrap(),
        body.len()
    );
    let (begin, end) = body.split_at(10);
    let mut request = TcpStream::connect(&address).await.unwrap();
    request.write_all(format!("{head}{begin}").as_bytes()).await.unwrap();
    // Whoever connects later is accepted later, and each worker in turn: once it has answered one of these, whichever has
    // the request above has begun it.
    for _ in 0..2 * std::thread::available_parallelism().unwrap().get() {
        assert_eq!(status(format!("{}/health", server.url)).await, 200);
    }
    server.signal("TERM");
    let refused = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    soon(refused).await;
    request.write_all(end.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(request.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(server.wait().1, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_closes_the_sockets_of_that_session_alone() {
    let place = Place::with_store("memory:");
    let server = place.serve();
    place.json(&["user", "add", "alice", "--display-name", "Alice"]);
    let [one, other] = [(); 2].map(|()| place.json(&["session", "issue", "alice"]));
    let revoked = connect(&server.url, one["token"].as_str().unwrap()).await;
    let kept = connect(&server.url, other["token"].as_str().unwrap()).await;
    place.json(&["session", "revoke", one["session_id"].as_str().unwrap()]);
    assert_eq!(close_code(revoked).await, 4401);
    server.signal("TERM");
    assert_eq!(close_code(kept).await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivation_closes_the_sockets_of_that_user_alone() {
    let place = Place::with_store("memory:");
    let server = place.serve();
    let [gone, kept] = ["alice", "bobby"].map(|name| {
        place.json(&["user", "add", name, "--display-name", name]);
        place.json(&["session", "issue", name])
    });
    let gone = connect(&server.url, gone["token"].as_str().unwrap()).await;
    let kept = connect(&server.url, kept["token"].as_str().unwrap()).await;
    assert_eq!(place.json(&["user", "deactivate", "alice"])["is_active"], false);
    assert_eq!(close_code(gone).await, 4401);
    server.signal("TERM");
    assert_eq!(close_code(kept).await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sigkill_it_starts_again_with_what_was_there() {
    let place = Place::new();
    let server = place.serve();
    let user = place.json(&["user", "add", "alice", "--display-name", "Alice"]);
    server.signal("KILL");
    server.wait();
    assert!(place.socket().exists());
    let _server = place.serve();
    assert_eq!(place.json(&["user", "list"])[0], user);
}

#[test]
fn an_unknown_scheme_is_one_line() {
    for flag in ["--user-store", "--room-store"] {
        let refusal = Place::new().refused(&[flag, "redis://u:secret@localhost/1"]);
        assert!(refusal.starts_with(&format!("parlour: {flag} is wrong: scheme \"redis\" is unknown")), "{refusal}");
        assert!(!refusal.contains("secret"), "{refusal}");
    }
}

#[test]
fn an_unreachable_engine_is_one_line_without_credentials() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://ann:secret@127.0.0.1:{free}/parlour");
    let refusal = Place::new().refused(&["--user-store", &url]);
    assert!(refusal.contains(&format!("parlour at 127.0.0.1:{free}")), "{refusal}");
    assert!(!refusal.contains("secret"), "{refusal}");
}

#[test]
fn a_store_that_fails_while_the_other_one_opens_is_one_line() {
    let place = Place::new();
    let absent = place.data_dir().join("absent/users.db");
    let refusal = place.refused(&["--user-store", &format!("sqlite://{}", absent.display())]);
    assert!(refusal.starts_with(&format!("parlour: store sqlite://{}: ", absent.display())), "{refusal}");
}

#[test]
fn a_port_in_use_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = Place::new().refused(&["--bind", &address]);
    assert!(refusal.starts_with(&format!("parlour: cannot listen on {address}: ")), "{refusal}");
}

#[test]
fn a_directory_of_another_server_is_one_line() {
    let place = Place::new();
    let _server = place.serve();
    let refusal = place.refused(&["--bind", "127.0.0.1:0"]);
    assert!(refusal.contains("is in use by another parlour (process "), "{refusal}");
}

#[cfg(feature = "surrealdb")]
#[test]
fn a_store_of_another_server_is_one_line() {
    let shared = tempfile::tempdir().unwrap();
    let url = format!("surrealkv://{}", shared.path().join("store").display());
    let first = Place::with_store(&url);
    let _server = first.serve();
    let refusal = Place::with_store(&url).refused(&["--bind", "127.0.0.1:0"]);
    assert!(refusal.contains("is in use by another process"), "{refusal}");
}

#[test]
fn a_usage_error_is_two() {
    for arguments in [["--bind", "nonsense"], ["user", "remove"], ["--log-format", "xml"]] {
        assert_eq!(parlour().args(arguments).output().unwrap().status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_wrong_log_filter_is_one_line() {
    let refusal = refused(parlour().args(["--log-level", "parlour=loud"]));
    assert!(refusal.starts_with("parlour: log level \"parlour=loud\" is wrong: "), "{refusal}");
}

#[test]
fn a_start_that_waits_for_an_engine_can_be_stopped() {
    // It accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ann@{}/parlour", silent.local_addr().unwrap());
    let place = Place::new();
    let starting = Starting::begin(place.command(&["--user-store", &url, "--bind", "127.0.0.1:0"]));
    let _connection = silent.accept().unwrap();
    let begun = Instant::now();
    starting.signal("TERM");
    assert_eq!(starting.end(), (String::new(), Some(0)));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_holds_up_no_request() {
    let place = Place::with_store("memory:");
    let server = place.serve_unread(&["--log-level", "trace"]);
    for _ in 0..500 {
        assert_eq!(status(format!("{}/health", server.url)).await, 200);
    }
    server.signal("TERM");
    assert_eq!(server.wait().1, Some(0));
}
