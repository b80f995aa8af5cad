//! The desk of a running server, reached through its operator socket.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::body::RefusalBody;
use super::socket::SocketPath;
use super::{Desk, IssuedBody, NewUser, Refusal, SessionBody, SessionRequest, UserBody};

const PATIENCE: Duration = Duration::from_secs(30);

/// The desk of a running server.
pub(crate) struct RemoteDesk {
    http: Client,
    base: Url,
    // Reaching a socket by a long path needs its directory to stay open.
    _socket: SocketPath,
}

impl RemoteDesk {
    /// Prepares to speak to the server behind `socket`; nothing is sent yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub(super) fn new(socket: SocketPath) -> anyhow::Result<Self> {
        let http = Client::builder().unix_socket(socket.short()).no_proxy().timeout(PATIENCE).build()?;
        // The host is only there because a URL needs one.
        Ok(Self { http, base: Url::parse("http://operator")?, _socket: socket })
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.http.request(method, url)
    }
}

#[async_trait]
impl Desk for RemoteDesk {
    async fn add_user(&self, user: NewUser) -> Result<UserBody, Refusal> {
        send(self.request(Method::POST, "/users", &[]).json(&user)).await
    }

    async fn deactivate_user(&self, username: &str) -> Result<UserBody, Refusal> {
        send(self.request(Method::DELETE, "/users", &[("username", username)])).await
    }

    async fn users(&self) -> Result<Vec<UserBody>, Refusal> {
        send(self.request(Method::GET, "/users", &[])).await
    }

    async fn issue_session(&self, request: SessionRequest) -> Result<IssuedBody, Refusal> {
        send(self.request(Method::POST, "/sessions", &[]).json(&request)).await
    }

    async fn sessions(&self, username: &str) -> Result<Vec<SessionBody>, Refusal> {
        send(self.request(Method::GET, "/sessions", &[("username", username)])).await
    }

    async fn revoke_session(&self, id: &str) -> Result<(), Refusal> {
        send(self.request(Method::DELETE, "/sessions", &[("id", id)])).await
    }
}

async fn send<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Refusal> {
    let response = request.send().await.map_err(Refusal::failed)?;
    let status = response.status();
    if status.is_success() {
        return response.json().await.map_err(Refusal::failed);
    }
    let detail = match response.json::<RefusalBody>().await {
        Ok(body) => body.detail,
        Err(_) => format!("server answered {status}"),
    };
    Err(match status {
        StatusCode::BAD_REQUEST => Refusal::Invalid(detail),
        StatusCode::NOT_FOUND => Refusal::NotFound(detail),
        StatusCode::CONFLICT => Refusal::Conflict(detail),
        _ => Refusal::Failed(detail),
    })
}
