//! The people of a cell, the room that they are in, and the request that one of them makes.

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::port::{PasskeyRepo, SessionRepo, UserRepo};
use parlour_domain::{SESSION_LIFETIME, Session, SessionId, SessionToken, Timestamp, User, UserId};
use parlour_store_contract::fixture;
use parlour_store_seaorm::SqlStore;
use parlour_tests::{Heard, Installation, Server, Socket, plain_http};
use reqwest::{Method, redirect};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::table::{About, Caller, Row};

/// A running server, and its user store beside it: an expired session is not to be had in any other way.
pub(super) struct Stage {
    server: Server,
    store: SqlStore,
    http: reqwest::Client,
    cast: Cast,
    _installation: Installation,
    _folder: TempDir,
}

/// Everybody; who is in the room says [`Stage::room`].
struct Cast {
    owner: User,
    admin: User,
    member: User,
    other_admin: User,
    other_member: User,
    newcomer: User,
    stranger: User,
    deactivated: User,
}

impl Stage {
    pub(super) async fn set() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-")?;
        let url = format!("sqlite://{}", folder.path().join("users.db").display());
        let installation = Installation::with_urls(url.as_str(), "memory:")?;
        let server = installation.start().await?;
        let store = SqlStore::connect(&url).await?;
        let [owner, admin, member, other_admin, other_member, newcomer, stranger] = fixture::people();
        let deactivated = User { is_active: false, ..fixture::user() };
        let cast = Cast { owner, admin, member, other_admin, other_member, newcomer, stranger, deactivated };
        for user in cast.everybody() {
            UserRepo::insert(&store, user.clone()).await?;
        }
        let http = plain_http().redirect(redirect::Policy::none()).build()?;
        Ok(Self { server, store, http, cast, _installation: installation, _folder: folder })
    }

    /// What the caller of that column gets who makes the request of that row, in a room that is as good as new.
    pub(super) async fn play(&self, row: &Row, caller: Caller) -> anyhow::Result<u16> {
        let Row(method, template, about, _) = row;
        let leaves = (*method, *template) == ("DELETE", "/auth/me");
        let (session, token) = if leaves { self.newcomer(caller).await? } else { self.login(caller).await? }.unzip();
        let subject = self.cast.subject(*about, caller);
        let thing = match *template {
            "/auth/sessions/{id}" if *about == About::Oneself => session.unwrap_or(fixture::uuid()).to_string(),
            "/auth/sessions/{id}" => self.session(subject, now()).await?.0.to_string(),
            "/auth/passkeys/{id}" => self.passkey(subject).await?,
            of_room if of_room.contains("{id}") => self.room().await?,
            _ => String::new(),
        };
        let path = path(template, &thing, subject.id)?;
        if *template == "/ws" {
            return self.knock(&path, token.as_deref()).await;
        }
        let body = body(method, template, *about, subject)?;
        self.ask(method.parse()?, &path, token.as_deref(), body.as_ref()).await.map(|(status, _)| status)
    }

    /// A group of the owner, two admins and two members.
    async fn room(&self) -> anyhow::Result<String> {
        let Cast { owner, admin, member, other_admin, other_member, .. } = &self.cast;
        let (_, token) = self.session(owner, now()).await?;
        let invited: Vec<_> = [admin, member, other_admin, other_member].map(|user| user.id.to_string()).into();
        let group = json!({"room_type": "group", "participant_ids": invited});
        let (status, room) = self.ask(Method::POST, "/rooms", Some(&token), Some(&group)).await?;
        let id = room["id"].as_str().with_context(|| format!("a room, not {status} {room}"))?;
        for user in [admin, other_admin] {
            let path = format!("/rooms/{id}/participants/{}", user.id);
            let promoted = self.ask(Method::PATCH, &path, Some(&token), Some(&json!({"role": "admin"}))).await?;
            anyhow::ensure!(promoted.0 == 200, "an admin is made: {promoted:?}");
        }
        Ok(id.to_owned())
    }

    /// A session of its own for every cell, since some requests end it.
    async fn login(&self, caller: Caller) -> anyhow::Result<Option<(Uuid, String)>> {
        let Some(user) = self.cast.user(caller) else { return Ok(None) };
        self.session(user, issued_at(caller)).await.map(Some)
    }

    /// The same for somebody who is never needed again.
    async fn newcomer(&self, caller: Caller) -> anyhow::Result<Option<(Uuid, String)>> {
        let Some(like) = self.cast.user(caller) else { return Ok(None) };
        let user = User { is_active: like.is_active, ..fixture::user() };
        UserRepo::insert(&self.store, user.clone()).await?;
        self.session(&user, issued_at(caller)).await.map(Some)
    }

    async fn session(&self, user: &User, issued_at: Timestamp) -> anyhow::Result<(Uuid, String)> {
        let token = SessionToken::from_random_bytes(
            [fixture::uuid(), fixture::uuid()].map(Uuid::into_bytes).concat().as_slice().try_into()?,
        );
        let session = Session::issue(SessionId::from_uuid(fixture::uuid()), user.id, &token, issued_at);
        SessionRepo::insert(&self.store, session.clone()).await?;
        Ok((session.id.as_uuid(), token.reveal()))
    }

    /// The id of a passkey that is not the user's only one.
    async fn passkey(&self, user: &User) -> anyhow::Result<String> {
        let [kept, asked_for] = [fixture::passkey(user, now()), fixture::passkey(user, now())];
        for passkey in [&kept, &asked_for] {
            PasskeyRepo::add(&self.store, passkey.clone()).await?;
        }
        Ok(URL_SAFE_NO_PAD.encode(asked_for.id.as_bytes()))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> anyhow::Result<(u16, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.server.url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_slice(&answer.bytes().await?).unwrap_or_default()))
    }

    /// 101 when whoever opens the socket is heard on it, else the code with which it is closed.
    async fn knock(&self, path: &str, token: Option<&str>) -> anyhow::Result<u16> {
        let mut socket = Socket::open_at(&self.server, path, token).await?;
        // Whether the server still listens is seen by its answer.
        let _ = socket.say_raw("{").await;
        loop {
            match socket.hear().await? {
                Heard::Frame(frame) if frame["error_code"] == "invalid_json" => return Ok(101),
                Heard::Frame(_) => {}
                Heard::Closed(code) => return Ok(code),
            }
        }
    }
}

impl Cast {
    fn everybody(&self) -> [&User; 8] {
        let Self { owner, admin, member, other_admin, other_member, newcomer, stranger, deactivated } = self;
        [owner, admin, member, other_admin, other_member, newcomer, stranger, deactivated]
    }

    fn user(&self, caller: Caller) -> Option<&User> {
        match caller {
            Caller::Anonymous => None,
            Caller::Stranger => Some(&self.stranger),
            Caller::Member => Some(&self.member),
            Caller::Admin => Some(&self.admin),
            Caller::Owner | Caller::Expired => Some(&self.owner),
            Caller::Deactivated => Some(&self.deactivated),
        }
    }

    fn subject(&self, about: About, caller: Caller) -> &User {
        match about {
            About::It | About::Oneself => self.user(caller).unwrap_or(&self.stranger),
            About::AMember => &self.other_member,
            About::AnAdmin => &self.other_admin,
            About::TheOwner => &self.owner,
            About::ANewMember | About::ANewAdmin => &self.newcomer,
        }
    }
}

fn issued_at(caller: Caller) -> Timestamp {
    if caller == Caller::Expired { now().before(SESSION_LIFETIME) } else { now() }
}

/// The template with everything filled in.
fn path(template: &str, thing: &str, user: UserId) -> anyhow::Result<String> {
    let user = user.to_string();
    let path = [("{id}", thing), ("{user_id}", &user), ("{file:.*}", "index.html")]
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value));
    if path.contains('{') {
        bail!("{path} has a parameter that nobody fills in here");
    }
    Ok(path)
}

/// A body that the route takes from somebody who may send it.
fn body(method: &str, template: &str, about: About, subject: &User) -> anyhow::Result<Option<Value>> {
    let id = subject.id.to_string();
    Ok(Some(match (method, template) {
        ("GET" | "DELETE", _) | ("PUT", "/auth/blocks/{user_id}") | (_, "/auth/logout" | "/auth/passkeys/begin") => {
            return Ok(None);
        }
        ("PATCH", "/auth/me") => json!({"display_name": subject.display_name.as_str()}),
        ("POST", "/auth/users/search") => json!({"query": "ali"}),
        ("PUT", "/auth/contact-policy") => json!({"rooms_from": "everyone"}),
        ("POST", "/auth/register/begin") => json!({"username": fixture::user().username.as_str(), "display_name": "x"}),
        ("POST", "/auth/register/complete") => json!({"username": "nobody", "credential": {}}),
        ("POST", "/auth/authenticate/begin") => json!({}),
        ("POST", "/auth/authenticate/complete" | "/auth/passkeys/complete") => json!({"credential": {}}),
        ("POST", "/rooms") => json!({"room_type": "group", "participant_ids": [id]}),
        ("PATCH", "/rooms/{id}") => json!({"name": "Tea"}),
        ("POST", "/rooms/{id}/participants") => {
            json!({"user_id": id, "role": if about == About::ANewAdmin { "admin" } else { "member" }})
        }
        ("PATCH", "/rooms/{id}/participants/{user_id}") => {
            json!({"role": if about == About::AMember { "admin" } else { "member" }})
        }
        _ => bail!("{method} {template} needs a body that nobody writes here"),
    }))
}

fn now() -> Timestamp {
    let since_epoch = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since_epoch.as_micros())
        .ok()
        .and_then(|micros| Timestamp::from_micros(micros).ok())
        .unwrap_or(fixture::at(0))
}
