//! Somebody leaves for good.

use anyhow::Context;
use parlour_tests::{Heard, Installation, Reply, Server, Socket};
use reqwest::Method;
use serde_json::{Value, json};

use super::{found, names};
use crate::device::Device;
use crate::listener::Listener;
use crate::shapes::{direct, group};

const PAGE: &str = "http://localhost:5173";
const FLAGS: [&str; 2] = ["--rp-origin", PAGE];
const TOMBSTONE: &str = "Deleted account";

/// Somebody who registered with a passkey.
struct Leaver {
    id: String,
    device: Device,
    token: String,
}

impl Leaver {
    async fn register(server: &Server) -> anyhow::Result<Self> {
        let (nobody, mut device) = (server.stranger(), Device::on(PAGE)?);
        let names = json!({"username": "ann", "display_name": "Ann"});
        let begun = nobody.post("/auth/register/begin", &names).await?.expect(200)?;
        let body = json!({"username": "ann", "credential": device.create(&begun).await?});
        let registered = nobody.post("/auth/register/complete", &body).await?;
        let token = token(&registered)?;
        let id = registered.expect(201)?["id"].as_str().context("an id")?.to_owned();
        Ok(Self { id, device, token })
    }

    async fn sign_in(&mut self, server: &Server) -> anyhow::Result<Reply> {
        let nobody = server.stranger();
        let begun = nobody.post("/auth/authenticate/begin", &json!({})).await?.expect(200)?;
        let body = json!({"credential": self.device.get(&begun).await?});
        nobody.post("/auth/authenticate/complete", &body).await
    }
}

/// The token in the cookie that an answer sets.
fn token(reply: &Reply) -> anyhow::Result<String> {
    let cookie = reply.header("set-cookie").strip_prefix("chat_session=").context("a cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

async fn ask(server: &Server, method: Method, path: &str, token: &str) -> anyhow::Result<Reply> {
    let client = server.stranger();
    client.send(client.request(method, path).bearer_auth(token)).await
}

/// The socket is told that its session is no more, and closed.
async fn assert_is_shown_out(socket: &mut Socket) -> anyhow::Result<()> {
    let mut last = Value::Null;
    loop {
        match socket.hear().await? {
            Heard::Frame(frame) => last = frame,
            Heard::Closed(code) => {
                assert_eq!((&last["type"], &last["error_code"]), (&json!("error"), &json!("unauthorized")), "{last}");
                assert_eq!(code, 4401);
                return Ok(());
            }
        }
    }
}

pub(super) async fn story(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start_with(&FLAGS).await?;
    let mut ann = Leaver::register(&server).await?;
    let elsewhere = ann.sign_in(&server).await?;
    let elsewhere_token = token(&elsewhere)?;
    elsewhere.expect(200)?;
    let mut ben = Listener::enter(&installation, &server, "ben").await?;
    let cleo = Listener::enter(&installation, &server, "cleo").await?;
    let hers = server.stranger().request(Method::POST, "/rooms").bearer_auth(&ann.token);
    let hers = hers.json(&group(Some("Hers"), &[&ben.person, &cleo.person]));
    let hers = server.stranger().send(hers).await?.expect(201)?;
    let pair = ben.client.create_room(&json!({"participant_id": ann.id})).await?.expect(201)?;
    let others = json!({"room_type": "group", "name": "Tea", "participant_ids": [ann.id, cleo.person.id]});
    let tea = ben.client.create_room(&others).await?.expect(201)?;
    let own = cleo.client.create_room(&group(Some("Own"), &[&ben.person])).await?.expect(201)?;
    let own = format!("/rooms/{}/participants", own["id"].as_str().unwrap_or_default());
    for _ in 0..4 {
        ben.hears("room_created").await?;
    }
    let mut sockets = Vec::new();
    for token in [&ann.token, &elsewhere_token, &ann.token] {
        sockets.push(Socket::open_at(&server, "/ws", Some(token)).await?);
    }
    assert_eq!(found(&cleo, "ann").await?, ["ann"]);

    ask(&server, Method::DELETE, "/auth/me", &ann.token).await?.expect(204)?;
    for socket in &mut sockets {
        assert_is_shown_out(socket).await?;
    }
    // Those who share a room hear of the tombstone, in the room that was active last first.
    for room in [&tea, &pair] {
        let event = ben.hears("participant_changed").await?;
        assert_eq!((&event["room_id"], &event["participant"]["user_id"]), (&room["id"], &json!(ann.id)), "{event}");
        assert_eq!(event["participant"]["display_name"], TOMBSTONE, "{event}");
    }
    inherits(&mut ben, &hers, &ann.id).await?;
    assert_is_gone(&server, &mut ann, &elsewhere_token, &ben, &cleo, &own).await?;
    let [seen_tea, seen_pair] = [&tea, &pair].map(|room| format!("/rooms/{}", room["id"].as_str().unwrap_or_default()));
    let seen = ben.client.get(&seen_tea).await?.expect(200)?;
    assert_eq!(names(&seen), [("ann", TOMBSTONE), ("ben", "ben"), ("cleo", "cleo")]);
    assert_eq!(ben.client.get(&seen_pair).await?.expect(200)?["name"], TOMBSTONE);
    let names_taken = json!({"username": "ANN", "display_name": "Another Ann"});
    server.stranger().post("/auth/register/begin", &names_taken).await?.expect_problem(409, "username-taken")?;
    server.stop().await?;

    let server = installation.start_with(&FLAGS).await?;
    let [ben, cleo] = [ben.goes_to(&server).await?, cleo.goes_to(&server).await?];
    assert_is_gone(&server, &mut ann, &elsewhere_token, &ben, &cleo, &own).await?;
    assert_eq!(ben.client.inbox(0).await?, ben.heard);
    assert_eq!(ben.client.create_room(&direct(&cleo.person)).await?.status, 201);
    Ok(())
}

/// The group of somebody who is gone has an owner, who was there first of those who are left.
async fn inherits(ben: &mut Listener, hers: &Value, ann: &str) -> anyhow::Result<()> {
    for (user, role) in [(ben.person.id.clone(), "owner"), (ann.to_owned(), "admin")] {
        let event = ben.hears("participant_changed").await?;
        assert_eq!((&event["room_id"], &event["participant"]["role"]), (&hers["id"], &json!(role)), "{event}");
        assert_eq!(event["participant"]["user_id"], user, "{event}");
    }
    let hers = format!("/rooms/{}", hers["id"].as_str().unwrap_or_default());
    ben.client.delete(&format!("{hers}/participants/{ann}")).await?.expect(204)?;
    ben.hears("participant_left").await.map(drop)
}

/// No session, no passkey, no search and no invitation leads to ann.
async fn assert_is_gone(
    server: &Server,
    ann: &mut Leaver,
    elsewhere: &str,
    ben: &Listener,
    cleo: &Listener,
    own: &str,
) -> anyhow::Result<()> {
    for token in [&ann.token, elsewhere] {
        for (method, path) in [(Method::GET, "/auth/me"), (Method::GET, "/rooms"), (Method::DELETE, "/auth/me")] {
            ask(server, method, path, token).await?.expect_problem(401, "unauthenticated")?;
        }
        let mut refused = Socket::open_at(server, "/ws", Some(token)).await?;
        assert_is_shown_out(&mut refused).await?;
    }
    ann.sign_in(server).await?.expect_problem(401, "unauthenticated")?;
    for query in ["ann", "deleted", "Account"] {
        assert!(found(cleo, query).await?.is_empty(), "{query}");
    }
    let group = json!({"room_type": "group", "participant_ids": [ann.id]});
    for client in [&ben.client, &cleo.client] {
        for body in [&json!({"participant_id": ann.id}), &group] {
            client.create_room(body).await?.expect_problem(404, "participant-not-found")?;
        }
    }
    cleo.client.post(own, &json!({"user_id": ann.id})).await?.expect_problem(404, "participant-not-found").map(drop)
}
