//! What the log never says, however much it is asked to say.

use std::fmt::Write;

use parlour_domain::SessionToken;
use parlour_tests::{Doors, Installation, Kept, Person, Server, Socket, Store, SurrealServer};
use reqwest::Method;
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::shapes::direct;

/// A secret in every form in which a careless line might show it.
pub(crate) struct Secret {
    what: &'static str,
    forms: Vec<String>,
}

impl Secret {
    /// A text that goes over the wire as it is.
    pub(crate) fn text(what: &'static str, text: &str) -> Self {
        let listed = decimal(text.as_bytes());
        Self { what, forms: vec![text.to_lowercase(), listed] }
    }

    /// Bytes, such as a hash: as digits of base 16 and as a list of numbers.
    pub(crate) fn bytes(what: &'static str, bytes: &[u8]) -> Self {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { what, forms: vec![hex, decimal(bytes)] }
    }

    /// A session's token as it travels, its bytes, and what the store keeps of it.
    pub(crate) fn of_token(token: &str) -> anyhow::Result<Vec<Self>> {
        let hash = token.parse::<SessionToken>()?.hash();
        Ok(vec![Self::text("a token", token), Self::bytes("the hash of a token", hash.as_bytes())])
    }
}

fn decimal(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// Checks that the log holds none of these, nor a third of one in a row.
pub(crate) fn assert_unsaid(log: &str, secrets: &[Secret]) {
    let mut said = Vec::new();
    for line in log.lines() {
        let lower = line.to_lowercase();
        for Secret { what, forms } in secrets {
            let parts = forms.iter().flat_map(|form| [&form[..form.len() / 3], &form[form.len() - form.len() / 3..]]);
            if parts.into_iter().any(|part| lower.contains(part)) {
                said.push(format!("{what}: {line}"));
            }
        }
    }
    said.truncate(40);
    assert!(said.is_empty(), "the log says\n{}", said.join("\n"));
}

#[tokio::test]
async fn a_log_of_everything_holds_no_token_no_hash_and_no_cookie() -> anyhow::Result<()> {
    let surreal = SurrealServer::start(env!("CARGO_BIN_EXE_surrealdb-server"), Kept::InMemory, Doors::Locked).await?;
    for store in [Store::SurrealServer(surreal.address()), Store::Default, Store::SurrealMem, Store::Memory] {
        let installation = match store {
            Store::Default => Installation::new()?,
            one => Installation::with_one_store(one)?,
        };
        let server = installation.start_with(&["--log-level", "trace"]).await?;
        let secrets = tell_a_story(&installation, &server).await?;
        server.stop().await?;
        let log = std::fs::read_to_string(installation.log())?;
        for sign in ["TRACE", "request answered", "/auth/me", "socket opened"] {
            assert!(log.contains(sign), "{store:?}: the log says {sign}");
        }
        for route in ["route=\"/ws\"", "route=\"/rooms\"", "route=\"/auth/logout\""] {
            let who_and_from_where = [route, "client=127.0.0.1 ", "user_id=", "session_id="];
            let says = |line: &str| who_and_from_where.iter().all(|part| line.contains(part));
            assert!(log.lines().any(says), "{store:?}: the log says who asked for {route}");
        }
        assert_unsaid(&log, &secrets);
    }
    Ok(())
}

/// People come, talk, fail to come in and go; gives what nobody may read in the log.
async fn tell_a_story(installation: &Installation, server: &Server) -> anyhow::Result<Vec<Secret>> {
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let second = ann.with_session(&installation.operate(&["session", "issue", "ann"]).await?)?;
    let room = server.client(&ann).create_room(&direct(&ben)).await?.expect(201)?;
    let mut socket = Socket::open(server, &ben).await?;
    socket.say(&json!({"type": "heartbeat"})).await?;
    with_the_cookie(server, &second).await?;
    let bad = bad_tokens(&ann);
    for token in &bad {
        let nobody = server.stranger();
        nobody
            .send(nobody.request(Method::GET, "/auth/me").bearer_auth(token))
            .await?
            .expect_problem(401, "unauthenticated")?;
        let cookie = format!("chat_session={token}");
        nobody
            .send(nobody.request(Method::GET, "/inbox").header("Cookie", cookie))
            .await?
            .expect_problem(401, "unauthenticated")?;
        assert_eq!(Socket::open_at(server, "/ws", Some(token)).await?.closed().await?, 4401);
        // Not a way to come in, but one that people try.
        nobody.get(&format!("/rooms?access_token={token}")).await?.expect_problem(401, "unauthenticated")?;
    }
    installation.operate(&["session", "list", "ann"]).await?;
    installation.operate(&["session", "revoke", &second.session_id]).await?;
    server.client(&ann).delete(&format!("/rooms/{}", room["id"].as_str().unwrap_or_default())).await?.expect(204)?;
    server.client(&ben).post("/auth/logout", &json!({})).await?.expect(204)?;
    assert_eq!(socket.closed().await?, 4401);

    let mut secrets = Vec::new();
    for token in [&ann.token, &ben.token, &second.token] {
        secrets.extend(Secret::of_token(token)?);
    }
    secrets.extend(bad.iter().map(|token| Secret::text("a bad token", token)));
    Ok(secrets)
}

async fn with_the_cookie(server: &Server, person: &Person) -> anyhow::Result<()> {
    let cookie = format!("chat_session={}", person.token);
    let browser = server.stranger();
    browser.send(browser.request(Method::GET, "/auth/me").header("Cookie", &cookie)).await?.expect(200)?;
    let foreign =
        browser.request(Method::POST, "/rooms").header("Cookie", &cookie).header("Origin", "https://evil.example");
    browser.send(foreign.json(&json!({}))).await?.expect_problem(403, "forbidden")?;
    let mut request = format!("ws://{}/ws", server.address()).into_client_request()?;
    request.headers_mut().insert("Cookie", HeaderValue::from_str(&cookie)?);
    drop(tokio_tungstenite::connect_async(request).await?);
    Ok(())
}

/// Another one of the right form, a part of a right one, and none at all.
fn bad_tokens(person: &Person) -> Vec<String> {
    let turned: String = person.token.chars().rev().collect();
    vec![turned, person.token[..40].to_owned(), "a-password-instead-of-a-token".to_owned()]
}
