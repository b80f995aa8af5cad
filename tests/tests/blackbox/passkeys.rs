//! A life with passkeys, over a restart, and what the log tells of it.

use anyhow::{Context, ensure};
use parlour_tests::{Installation, Reply, Server, Socket, Store};
use reqwest::Method;
use serde_json::{Value, json};

use crate::device::Device;
use crate::secrets::{Secret, assert_unsaid};

const PAGE: &str = "http://localhost:5173";
const FLAGS: [&str; 4] = ["--rp-origin", PAGE, "--log-level", "trace"];

/// What nobody may read in the log.
#[derive(Default)]
struct Secrets(Vec<Secret>);

impl Secrets {
    fn challenge(&mut self, options: &Value) -> anyhow::Result<()> {
        let challenge = options["challenge"].as_str().context("options have a challenge")?;
        self.0.push(Secret::text("a challenge", challenge));
        Ok(())
    }

    fn public_key(&mut self, credential: &Value) -> anyhow::Result<()> {
        let key = credential["response"]["publicKey"].as_str().context("a credential has a public key")?;
        self.0.push(Secret::text("a public key", key));
        Ok(())
    }

    /// The token in the cookie that an answer sets.
    fn token(&mut self, reply: &Reply) -> anyhow::Result<String> {
        let cookie = reply.header("set-cookie").strip_prefix("chat_session=").context("a cookie")?;
        let token = cookie.split(';').next().unwrap_or_default().to_owned();
        self.0.extend(Secret::of_token(&token)?);
        Ok(token)
    }
}

/// Posts as the one who has that token, if any.
async fn post(server: &Server, token: Option<&str>, path: &str, body: &Value) -> anyhow::Result<Reply> {
    let nobody = server.stranger();
    let request = nobody.request(Method::POST, path).json(body);
    nobody.send(token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth)).await
}

async fn options(secrets: &mut Secrets, reply: Reply) -> anyhow::Result<Value> {
    let options = reply.expect(200)?;
    secrets.challenge(&options)?;
    Ok(options)
}

async fn passkeys(server: &Server, token: &str) -> anyhow::Result<Vec<Value>> {
    let nobody = server.stranger();
    let mut listed =
        nobody.send(nobody.request(Method::GET, "/auth/passkeys").bearer_auth(token)).await?.expect(200)?;
    listed["passkeys"].as_array_mut().map(std::mem::take).context("a list of passkeys")
}

async fn remove(server: &Server, token: &str, passkey: &Value) -> anyhow::Result<Reply> {
    let path = format!("/auth/passkeys/{}", passkey["id"].as_str().context("a passkey has an id")?);
    let nobody = server.stranger();
    nobody.send(nobody.request(Method::DELETE, &path).bearer_auth(token)).await
}

#[tokio::test]
async fn a_life_with_passkeys_goes_on_over_a_restart_and_leaves_no_secret_in_the_log() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let mut secrets = Secrets::default();
    let (mut phone, mut laptop) = (Device::on(PAGE)?, Device::on(PAGE)?);

    // What one process has begun, another completes.
    let server = installation.start_with(&FLAGS).await?;
    let names = json!({"username": "ann", "display_name": "Ann"});
    let begun = options(&mut secrets, post(&server, None, "/auth/register/begin", &names).await?).await?;
    server.stop().await?;
    let server = installation.start_with(&FLAGS).await?;
    let made = phone.create(&begun).await?;
    secrets.public_key(&made)?;
    let body = json!({"username": "ann", "credential": made, "device_name": "phone"});
    let registered = post(&server, None, "/auth/register/complete", &body).await?;
    let mut token = secrets.token(&registered)?;
    let ann = registered.expect(201)?;

    for name in [json!({"username": "ann"}), json!({})] {
        let begun = options(&mut secrets, post(&server, None, "/auth/authenticate/begin", &name).await?).await?;
        let mut socket = Socket::open_at(&server, "/ws", Some(&token)).await?;
        let body = json!({"credential": phone.get(&begun).await?});
        let signed_in = post(&server, Some(&token), "/auth/authenticate/complete", &body).await?;
        let next = secrets.token(&signed_in)?;
        ensure!(signed_in.expect(200)? == ann, "the same person");
        assert_eq!(socket.closed().await?, 4401);
        post(&server, Some(&token), "/auth/passkeys/begin", &json!({}))
            .await?
            .expect_problem(401, "unauthenticated")?;
        post(&server, None, "/auth/authenticate/complete", &body).await?.expect_problem(401, "unauthenticated")?;
        token = next;
    }

    let begun = options(&mut secrets, post(&server, Some(&token), "/auth/passkeys/begin", &json!({})).await?).await?;
    let made = laptop.create(&begun).await?;
    secrets.public_key(&made)?;
    let body = json!({"credential": made, "device_name": "laptop"});
    post(&server, Some(&token), "/auth/passkeys/complete", &body).await?.expect(201)?;
    let listed = passkeys(&server, &token).await?;
    assert_eq!(listed.iter().map(|one| &one["name"]).collect::<Vec<_>>(), ["phone", "laptop"]);
    remove(&server, &token, &listed[0]).await?.expect(204)?;
    remove(&server, &token, &listed[1]).await?.expect_problem(409, "conflict")?;
    for (device, status) in [(&mut phone, 401), (&mut laptop, 200)] {
        let begun = options(&mut secrets, post(&server, None, "/auth/authenticate/begin", &json!({})).await?).await?;
        let body = json!({"credential": device.get(&begun).await?});
        post(&server, None, "/auth/authenticate/complete", &body).await?.expect(status)?;
    }

    server.stop().await?;
    let log = std::fs::read_to_string(installation.log())?;
    for sign in ["TRACE", "/auth/register/complete", "/auth/authenticate/complete", "/auth/passkeys"] {
        assert!(log.contains(sign), "the log says {sign}");
    }
    assert_unsaid(&log, &secrets.0);
    Ok(())
}
