//! Everything of a request but its body, given wrongly: header fields, queries, paths and broken HTTP.

use std::time::Duration;

use anyhow::Context;
use parlour_tests::{Client, Installation, Person, Server, Store, within};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn target() -> anyhow::Result<(Installation, Server, Person, Person)> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    Ok((installation, server, ann, ben))
}

fn blames(problem: &Value, field: &str) -> bool {
    let errors = problem["errors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["field"].as_str()).any(|name| name.eq_ignore_ascii_case(field))
}

async fn assert_blamed(client: &Client, path: &str, field: &str) -> anyhow::Result<()> {
    let reply = client.get(path).await?;
    let problem = reply.expect_problem(400, "malformed-request").with_context(|| path.to_owned())?;
    assert!(blames(&problem, field), "{path} is wrong in {field}: {problem}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_query_is_a_problem_that_names_the_parameter() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = target().await?;
    let client = server.client(&ann);
    for limit in ["0", "1001", "-1", "x", "1e3", "", "99999999999999999999", "1%00", "%F0%9F%A6%86"] {
        assert_blamed(&client, &format!("/rooms?limit={limit}"), "limit").await?;
    }
    let long = "A".repeat(5_000);
    for cursor in ["x", "%00", "AAAA", "..%2F..%2Fetc", "%F0%9F%A6%86", "-1", &long] {
        assert_blamed(&client, &format!("/rooms?cursor={cursor}"), "cursor").await?;
    }
    for since in ["-1", "x", "1.5", "", "18446744073709551616", "%F0%9F%A6%86"] {
        assert_blamed(&client, &format!("/inbox?since={since}"), "since").await?;
    }
    for limit in ["0", "-1", "x", "99999999999999999999"] {
        assert_blamed(&client, &format!("/inbox?limit={limit}"), "limit").await?;
    }
    client.get("/rooms?limit=1000&unknown=1").await?.expect(200)?;
    client.get("/inbox?since=9223372036854775808").await?.expect(200)?;
    client.get("/inbox?since=18446744073709551615").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_id_in_a_path_is_a_problem() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = target().await?;
    let client = server.client(&ann);
    let long = "a".repeat(2_000);
    for id in ["x", "0", "%00", "%20", "..", "%F0%9F%A6%86", "%ff", "0192f0c1", "'%20OR%20'1'='1", &long] {
        for method in [Method::GET, Method::DELETE] {
            let reply = client.send(client.request(method, &format!("/rooms/{id}"))).await?;
            assert!([400, 404, 405].contains(&reply.status), "{id}: {} {}", reply.status, reply.body);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_idempotency_key_is_a_problem_that_names_the_header_and_changes_nothing() -> anyhow::Result<()> {
    let (_installation, server, ann, ben) = target().await?;
    let client = server.client(&ann);
    let body = json!({"participant_id": ben.id});
    let long = "k".repeat(256);
    for key in [&b""[..], b" ", b"a b", b"a\tb", b"\xff\xfe", "schl\u{fc}ssel".as_bytes(), long.as_bytes()] {
        let value = HeaderValue::from_bytes(key)?;
        let request = client.request(Method::POST, "/rooms").header("Idempotency-Key", value).json(&body);
        let problem = client.send(request).await?.expect_problem(400, "malformed-request")?;
        assert!(blames(&problem, "Idempotency-Key"), "{key:?}: {problem}");
    }
    let twice = client.request(Method::POST, "/rooms").header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    client.send(twice.json(&body)).await?.expect_problem(400, "malformed-request")?;
    for person in [&ann, &ben] {
        assert!(server.client(person).rooms(10).await?.is_empty());
    }
    client.create_room_as(&long[1..], &body).await?.expect(201)?;
    Ok(())
}

/// Sends bytes by hand and reads whatever comes back until the server ends the connection or is silent.
async fn exchange(server: &Server, bytes: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(server.address()).await?;
    // The server may refuse before it has read everything.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = within("the server to end the connection", stream.read_to_end(&mut answer)).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn broken_http_is_refused_and_the_server_goes_on() -> anyhow::Result<()> {
    let (_installation, mut server, ann, ben) = target().await?;
    let authorization = format!("Authorization: Bearer {}", ann.token);
    let body = json!({"participant_id": ben.id}).to_string();
    let post = |headers: &str, body: &str| {
        format!(
            "POST /rooms HTTP/1.1\r\nHost: h\r\n{authorization}\r\nContent-Type: application/json\r\n{headers}\r\n{body}"
        )
    };
    let many: String = (0..500).map(|n| format!("X-{n}: y\r\n")).collect();
    let length = body.len();
    let exchanges = [
        "\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET /rooms HTTP/9.9\r\n\r\n".to_owned(),
        "GET /rooms HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(300_000)),
        format!("GET /rooms HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "a".repeat(300_000)),
        post(&many, ""),
        post("Content-Length: -1\r\n", &body),
        post("Content-Length: 99999999999999999999999\r\n", &body),
        post(&format!("Content-Length: {length}\r\nContent-Length: 1\r\n"), &body),
        post(&format!("Content-Length: {}\r\n", length + 10), &body),
        post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n{}"),
        post(&format!("Content-Length: {length}\r\nContent-Encoding: gzip\r\n"), &body),
    ];
    for bytes in &exchanges {
        let answer = exchange(&server, bytes.as_bytes()).await?;
        let shown = &bytes[..bytes.len().min(80)];
        assert!(!answer.contains(" 500 ") && !answer.contains(" 201 "), "{shown:?}: {answer}");
    }
    assert!(server.is_running()?);
    for person in [&ann, &ben] {
        assert!(server.client(person).rooms(10).await?.is_empty());
    }
    server.client(&ann).create_room(&json!({"participant_id": ben.id})).await?.expect(201)?;
    Ok(())
}

#[tokio::test]
async fn many_half_open_connections_do_not_keep_others_out() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = target().await?;
    let mut half_open = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(server.address()).await?;
        stream.write_all(b"POST /rooms HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{").await?;
        half_open.push(stream);
    }
    let client = server.client(&ann);
    tokio::time::timeout(Duration::from_secs(30), client.get("/rooms")).await??.expect(200)?;
    Ok(())
}
