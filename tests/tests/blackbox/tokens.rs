//! Callers whom an identity provider vouches for, beside those with sessions.

use std::path::{Path, PathBuf};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use parlour_tests::{Installation, Server, Socket, Store};
use reqwest::Method;
use serde_json::{Value, json};

use crate::secrets::{Secret, assert_unsaid};
use crate::shapes::direct;

const ISSUER: &str = "https://id.example";
const ALICE: &str = "7d0f2a5e-3f1b-4c0a-9d7e-5a1b2c3d4e5f";

/// An identity provider with one key, which it publishes as a file.
struct Provider {
    key: EncodingKey,
    keys: PathBuf,
}

impl Provider {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
        let chance = aws_lc_rs::rand::SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance)?;
        let key = EncodingKey::from_ec_der(der.as_ref());
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::ES256)?)?;
        jwk["kid"] = "one".into();
        std::fs::create_dir_all(folder)?;
        let keys = folder.join("keys.json");
        std::fs::write(&keys, json!({"keys": [jwk]}).to_string())?;
        Ok(Self { key, keys })
    }

    /// A token for somebody, good for so many seconds, with these claims besides or instead.
    fn token(&self, subject: &str, username: &str, seconds: u64, others: &Value) -> anyhow::Result<String> {
        let mut claims = json!({
            "iss": ISSUER, "aud": ["other", "parlour"], "sub": subject, "exp": get_current_timestamp() + seconds,
            "preferred_username": username, "name": "From the provider",
        });
        for (name, value) in others.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::ES256) };
        Ok(encode(&header, &claims, &self.key)?)
    }
}

async fn start() -> anyhow::Result<(Installation, Server, Provider)> {
    start_logging("info").await
}

async fn start_logging(level: &str) -> anyhow::Result<(Installation, Server, Provider)> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let provider = Provider::new(&installation.data_dir().with_extension("id"))?;
    let place = provider.keys.display().to_string();
    let settings = [
        "--jwt-issuer",
        ISSUER,
        "--jwt-audience",
        "parlour",
        "--jwt-jwks",
        &place,
        "--jwt-provision",
        "--jwt-leeway",
        "0s",
        "--log-level",
        level,
    ];
    let server = installation.start_with(&settings).await?;
    Ok((installation, server, provider))
}

async fn me(server: &Server, token: &str) -> anyhow::Result<parlour_tests::Reply> {
    let stranger = server.stranger();
    stranger.send(stranger.request(Method::GET, "/auth/me").bearer_auth(token)).await
}

#[tokio::test]
async fn who_comes_with_a_providers_token_is_registered_and_talks_to_people_with_sessions() -> anyhow::Result<()> {
    let (installation, server, provider) = start().await?;
    let ben = installation.register("ben", "Ben").await?;
    let token = provider.token(ALICE, "alice", 300, &json!({}))?;
    let alice = me(&server, &token).await?.expect(200)?;
    assert_eq!((&alice["id"], &alice["username"]), (&json!(ALICE), &json!("alice")));
    assert_eq!(alice["display_name"], "From the provider");

    let mut socket = Socket::open_at(&server, "/ws", Some(&token)).await?;
    let room = server.client(&ben).create_room(&json!({"participant_id": ALICE})).await?.expect(201)?;
    assert_eq!(socket.next_event().await?["room_id"], room["id"]);

    let stranger = server.stranger();
    let again = stranger.request(Method::POST, "/rooms").bearer_auth(&token).json(&direct(&ben));
    assert_eq!(stranger.send(again).await?.expect(200)?["id"], room["id"]);
    // Nobody but the provider says who people are.
    let begin = json!({"username": "ceo", "display_name": "The boss"});
    stranger.post("/auth/register/begin", &begin).await?.expect_problem(403, "forbidden")?;
    let sessions = stranger.request(Method::GET, "/auth/sessions").bearer_auth(&token);
    assert_eq!(stranger.send(sessions).await?.expect(200)?, json!({"sessions": []}));
    Ok(())
}

#[tokio::test]
async fn a_token_makes_no_way_in_that_outlives_it_but_its_user_may_leave() -> anyhow::Result<()> {
    let (_installation, server, provider) = start().await?;
    let token = provider.token(ALICE, "alice", 300, &json!({}))?;
    let stranger = server.stranger();
    let ask = |method: Method, path: &str| stranger.send(stranger.request(method, path).bearer_auth(&token));
    for (method, path) in [(Method::POST, "/auth/passkeys/begin"), (Method::DELETE, "/auth/passkeys/AAAA")] {
        let problem = ask(method, path).await?.expect_problem(403, "forbidden")?;
        assert_eq!(problem["detail"], "This takes a session: sign in with a passkey");
    }
    assert_eq!(ask(Method::GET, "/auth/passkeys").await?.expect(200)?, json!({"passkeys": []}));
    ask(Method::DELETE, "/auth/me").await?.expect(204)?;
    me(&server, &token).await?.expect_problem(401, "unauthenticated")?;
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_for_us_or_not_good_lets_nobody_in() -> anyhow::Result<()> {
    let (_installation, server, provider) = start().await?;
    let now = get_current_timestamp();
    for others in [
        json!({"aud": "other"}),
        json!({"iss": "https://evil.example"}),
        json!({"exp": now - 5}),
        json!({"nbf": now + 3_600}),
        json!({"sub": "alice"}),
    ] {
        let token = provider.token(ALICE, "alice", 300, &others)?;
        me(&server, &token).await?.expect_problem(401, "unauthenticated")?;
        let mut socket = Socket::open_at(&server, "/ws", Some(&token)).await?;
        assert_eq!(socket.closed().await?, 4401);
    }
    let good = provider.token(ALICE, "alice", 300, &json!({}))?;
    let (message, _) = good.rsplit_once('.').unwrap_or_default();
    me(&server, &format!("{message}.")).await?.expect_problem(401, "unauthenticated")?;
    me(&server, &good).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_username_that_somebody_has_is_not_given_away() -> anyhow::Result<()> {
    let (installation, server, provider) = start().await?;
    let ben = installation.register("ben", "Ben").await?;
    let refused = me(&server, &provider.token(ALICE, "Ben", 300, &json!({}))?).await?;
    let problem = refused.expect_problem(403, "forbidden")?;
    assert_eq!(problem["detail"], "The caller could not be registered: another user has the username");
    me(&server, &ben.token).await?.expect(200)?;
    let users = installation.operate(&["user", "list"]).await?;
    assert_eq!(users.as_array().map(Vec::len), Some(1), "{users}");
    Ok(())
}

#[tokio::test]
async fn a_socket_ends_with_the_token_that_opened_it() -> anyhow::Result<()> {
    let (_installation, server, provider) = start().await?;
    let mut socket = Socket::open_at(&server, "/ws", Some(&provider.token(ALICE, "alice", 4, &json!({}))?)).await?;
    let mut other = Socket::open_at(&server, "/ws", Some(&provider.token(ALICE, "alice", 300, &json!({}))?)).await?;
    assert_eq!(socket.next_of("error").await?["error_code"], "unauthorized");
    assert_eq!(socket.closed().await?, 4401);
    other.say(&json!({"type": "nonsense"})).await?;
    assert_eq!(other.next_of("error").await?["error_code"], "unknown_type");
    Ok(())
}

#[tokio::test]
async fn settings_that_let_nobody_in_are_refused_at_the_start() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Memory)?;
    let absent = ["--jwt-issuer", ISSUER, "--jwt-audience", "parlour", "--jwt-jwks", "/absent/keys.json"];
    for (arguments, said) in [
        (vec!["--jwt-issuer", ISSUER], "--jwt-issuer, --jwt-audience and --jwt-jwks go together"),
        (absent.to_vec(), "/absent/keys.json"),
        ([&absent[..], &["--jwt-algorithms", "HS256"]].concat(), "HS256"),
        ([&absent[..4], &["--jwt-jwks", "http://id.example/keys"]].concat(), "https://"),
    ] {
        let output = installation.run(&[&["serve"], arguments.as_slice()].concat()).await?;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        let line = complaint.lines().last().unwrap_or_default();
        assert!(line.starts_with("parlour: ") && line.contains(said), "{arguments:?}: {complaint}");
    }
    Ok(())
}

#[tokio::test]
async fn a_log_of_everything_holds_no_token_of_the_provider_good_or_bad() -> anyhow::Result<()> {
    let (installation, server, provider) = start_logging("trace").await?;
    let good = provider.token(ALICE, "alice", 300, &json!({}))?;
    me(&server, &good).await?.expect(200)?;
    let mut socket = Socket::open_at(&server, "/ws", Some(&good)).await?;
    socket.say(&json!({"type": "nonsense"})).await?;
    socket.next_of("error").await?;
    let forged = format!("{}x", &good[..good.len() - 1]);
    let bad = [forged, provider.token(ALICE, "alice", 300, &json!({"aud": "else", "exp": 1}))?, format!("{good}.x")];
    for token in &bad {
        me(&server, token).await?.expect_problem(401, "unauthenticated")?;
        assert_eq!(Socket::open_at(&server, "/ws", Some(token)).await?.closed().await?, 4401);
    }
    assert!(server.stop().await?.success());
    let log = std::fs::read_to_string(installation.log())?;
    assert!(log.contains("TRACE") && log.contains("request answered"));
    let parts = bad.iter().chain([&good]).flat_map(|token| token.split('.').skip(1)).filter(|part| part.len() > 9);
    let secrets: Vec<Secret> = parts.map(|part| Secret::text("a part of a token", part)).collect();
    assert_unsaid(&log, &secrets);
    Ok(())
}
