//! What only a real connection shows.

use std::net::SocketAddr;

use actix_web::HttpServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;

/// Serves the world and gives its address; the server ends with the test's runtime.
fn serve(world: &World) -> SocketAddr {
    let api = world.api.clone();
    let server = HttpServer::new(move || parlour_api_http::app(api.clone(), |_| {}))
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

/// Sends bytes on a connection of their own and gives all that comes back until the server closes it.
async fn exchange(address: SocketAddr, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    for part in parts {
        stream.write_all(part).await.unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn a_head_request_gets_the_headers_alone() {
    let world = World::new();
    let alice = world.person("alice").await;
    let address = serve(&world);
    for (path, status) in [("/health", "200 OK"), ("/rooms", "200 OK"), ("/nothing", "404 Not Found")] {
        let request = format!(
            "HEAD {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            alice.token
        );
        let answer = exchange(address, &[request.as_bytes()]).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[actix_web::test]
async fn a_body_that_goes_on_and_on_is_answered_with_413() {
    let world = World::new();
    let alice = world.person("alice").await;
    let address = serve(&world);
    let head = format!(
        "POST /rooms HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        alice.token
    );
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    let answer = exchange(address, &[head.as_bytes(), chunk.as_bytes(), chunk.as_bytes(), b"0\r\n\r\n"]).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("/problems/payload-too-large"), "{answer}");
}

#[actix_web::test]
async fn a_body_that_ends_too_early_creates_nothing() {
    let world = World::new();
    let alice = world.person("alice").await;
    let address = serve(&world);
    let request = format!(
        "POST /rooms HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{",
        alice.token
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let health = exchange(address, &[b"GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"]).await;
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    assert!(world.told.notices.lock().unwrap().is_empty());
}
