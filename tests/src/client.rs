//! An HTTP client that takes nothing on trust: what holds for every answer is checked on every answer.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{ClientBuilder, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::within;

/// Less than a server keeps a connection on which nothing is asked: a request that meets its end is lost.
const IDLE: Duration = Duration::from_secs(2);

/// What speaks HTTP with a server on this machine, whatever proxy the environment names.
pub fn plain_http() -> ClientBuilder {
    reqwest::Client::builder().no_proxy().pool_idle_timeout(IDLE)
}

/// Calls the API as one person, or as nobody.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status code.
    pub status: u16,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body; null when it has none.
    pub body: Value,
}

impl Client {
    pub(crate) fn new(url: &str, token: Option<&str>) -> Self {
        let http = plain_http().build().unwrap_or_default();
        Self { http, url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// A request of one's own making; the session is already on it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request and checks what holds for every answer.
    pub async fn send(&self, request: RequestBuilder) -> anyhow::Result<Reply> {
        let reply = within("an answer", async { Reply::read(request.send().await?).await }).await??;
        reply.check()?;
        Ok(reply)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> anyhow::Result<Reply> {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Reply> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Reply> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Asks for a room.
    pub async fn create_room(&self, body: &Value) -> anyhow::Result<Reply> {
        self.post("/rooms", body).await
    }

    /// Asks for a room under an idempotency key.
    pub async fn create_room_as(&self, key: &str, body: &Value) -> anyhow::Result<Reply> {
        self.send(self.request(Method::POST, "/rooms").header("Idempotency-Key", key).json(body)).await
    }

    /// All rooms, page by page.
    pub async fn rooms(&self, page: u32) -> anyhow::Result<Vec<Value>> {
        let mut rooms = Vec::new();
        let mut cursor = String::new();
        loop {
            let reply = self.get(&format!("/rooms?limit={page}{cursor}")).await?.expect(200)?;
            let listed = reply["rooms"].as_array().context("a list of rooms")?;
            ensure!(listed.len() <= page as usize, "{} rooms on a page of {page}", listed.len());
            rooms.extend(listed.iter().cloned());
            match reply["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={}", percent_encoded(next)),
                None => return Ok(rooms),
            }
        }
    }

    /// Every event after the place `since`, page by page, checked to be dense.
    pub async fn inbox(&self, since: u64) -> anyhow::Result<Vec<Value>> {
        let mut events: Vec<Value> = Vec::new();
        loop {
            let place = since + events.len() as u64;
            let reply = self.get(&format!("/inbox?since={place}&limit=100")).await?.expect(200)?;
            ensure!(reply["reset"] == false, "the inbox goes on from {place}: {reply}");
            let page = reply["events"].as_array().context("a list of events")?;
            for (event, place) in page.iter().zip(place + 1..) {
                ensure!(event["seq"] == place, "{place} comes next, not {event}");
            }
            events.extend(page.iter().cloned());
            let head = reply["head"].as_u64().context("a head")?;
            let reached = since + events.len() as u64;
            ensure!(!page.is_empty() || reached >= head, "the inbox ends at {reached} before its head: {reply}");
            if reached >= head {
                return Ok(events);
            }
        }
    }
}

impl Reply {
    async fn read(response: Response) -> anyhow::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        let body = match bytes.as_ref() {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .with_context(|| format!("{status} with JSON, not {}", String::from_utf8_lossy(bytes)))?,
        };
        Ok(Self { status, headers, body })
    }

    /// A field of the header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of an answer that must have this status.
    pub fn expect(self, status: u16) -> anyhow::Result<Value> {
        ensure!(self.status == status, "{status} expected, not {}: {}", self.status, self.body);
        Ok(self.body)
    }

    /// The body of a refusal that must be of this kind.
    pub fn expect_problem(self, status: u16, name: &str) -> anyhow::Result<Value> {
        let body = self.expect(status)?;
        let kind = body["type"].as_str().unwrap_or_default();
        ensure!(kind.ends_with(&format!("/problems/{name}")), "{name} expected, not {body}");
        Ok(body)
    }

    /// Checks that this says that the same request may be made again: of that kind, with a time in seconds to wait for,
    /// and without a word of an engine.
    pub fn assert_unavailable(&self) -> anyhow::Result<()> {
        let Self { status, body, .. } = self;
        ensure!(*status == 503 && body["type"] == "/problems/unavailable", "unavailable expected, not {status} {body}");
        let wait: u32 = self.header(RETRY_AFTER.as_str()).parse().with_context(|| format!("Retry-After of {body}"))?;
        ensure!((1..=60).contains(&wait), "Retry-After is {wait} s");
        let text = body.to_string().to_lowercase();
        for word in ["sql", "postgres", "maria", "surreal", "connection", "pool", "socket", "refused", "127.0.0.1"] {
            ensure!(!text.contains(word), "{word} in {body}");
        }
        Ok(())
    }

    /// What holds for every answer.
    fn check(&self) -> anyhow::Result<()> {
        let Self { status, body, .. } = self;
        let media_type = self.header(CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default().trim().to_owned();
        ensure!(!self.header("x-request-id").is_empty(), "{status} has a request id");
        match status {
            204 => ensure!(body.is_null(), "204 has no body, not {body}"),
            200..=299 => ensure!(media_type == "application/json", "{status} is {media_type}"),
            _ => {
                ensure!(media_type == "application/problem+json", "{status} is {media_type}: {body}");
                ensure!(body["status"] == *status, "{status} says so: {body}");
                for field in ["type", "title", "detail", "instance"] {
                    ensure!(body[field].is_string(), "{status} has a text as {field}: {body}");
                }
            }
        }
        Ok(())
    }
}

/// Whether the connection failed, rather than the answer being wrong.
#[must_use]
pub fn is_lost(error: &anyhow::Error) -> bool {
    error.is::<reqwest::Error>()
}

/// Every byte that may not stand for itself in a query or a path segment, escaped (RFC 3986, section 2).
fn percent_encoded(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}
