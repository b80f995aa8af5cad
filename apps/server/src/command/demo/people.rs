//! The people of the demo: ordinary clients of the server, over HTTP and WebSocket.

use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::config::Settings;
use crate::operator::{NewUser, SessionRequest, UserBody, reach};
use crate::server::RunningServer;

const PATIENCE: Duration = Duration::from_secs(10);

/// Those who may come.
pub(super) struct People {
    url: String,
    socket_url: String,
    http: Client,
    operator: Settings,
}

/// Somebody who came.
pub(super) struct Person {
    /// Who it is.
    pub(super) user: UserBody,
    token: String,
}

/// Somebody's open socket.
pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl People {
    /// People who know where the server is.
    pub(super) fn of(server: &RunningServer, operator: Settings) -> Self {
        let url = server.url();
        let socket_url = url.replacen("http", "ws", 1);
        Self {
            url,
            socket_url,
            http: Client::builder().no_proxy().timeout(PATIENCE).build().unwrap_or_default(),
            operator,
        }
    }

    /// Registers somebody and gives them a session, as the operator's commands do.
    pub(super) async fn register(&self, username: &str, display_name: &str) -> anyhow::Result<Person> {
        let reached = reach(&self.operator).await?;
        let (username, display_name) = (username.to_owned(), display_name.to_owned());
        let user = reached.desk.add_user(NewUser { username: username.clone(), display_name }).await?;
        let issued = reached.desk.issue_session(SessionRequest { username }).await?;
        Ok(Person { user, token: issued.token })
    }

    /// `POST path`.
    pub(super) async fn post(&self, who: &Person, path: &str, body: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&who.token).json(body);
        let response = request.send().await?;
        Ok((response.status(), response.json().await?))
    }

    /// `GET path`.
    pub(super) async fn get(&self, who: &Person, path: &str) -> anyhow::Result<(StatusCode, Value)> {
        let response = self.http.get(format!("{}{path}", self.url)).bearer_auth(&who.token).send().await?;
        Ok((response.status(), response.json().await?))
    }

    /// Opens a socket that goes on after the place `since`.
    pub(super) async fn connect(&self, who: &Person, since: u64) -> anyhow::Result<Socket> {
        let mut request = format!("{}/ws?since={since}", self.socket_url).into_client_request()?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", who.token))?;
        request.headers_mut().insert("Authorization", bearer);
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Socket(socket))
    }
}

impl Socket {
    /// The next frame.
    pub(super) async fn frame(&mut self) -> anyhow::Result<Value> {
        match tokio::time::timeout(PATIENCE, self.next()).await.context("no frame came in time")? {
            Some(frame) => frame,
            None => bail!("server closed the socket"),
        }
    }

    /// Closes the socket and answers the frames that were still on their way.
    pub(super) async fn close(mut self) -> anyhow::Result<Vec<Value>> {
        self.0.send(Message::Close(None)).await?;
        let mut late = Vec::new();
        let drained = async {
            while let Some(frame) = self.next().await {
                late.push(frame?);
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, drained).await.context("socket was not closed in time")??;
        Ok(late)
    }

    /// The next text frame as JSON; `None` when the socket is closed.
    async fn next(&mut self) -> Option<anyhow::Result<Value>> {
        loop {
            return match self.0.next().await? {
                Ok(Message::Text(text)) => Some(serde_json::from_str(&text).map_err(Into::into)),
                Ok(Message::Close(_)) => None,
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_)) => continue,
                Err(error) => Some(Err(error.into())),
            };
        }
    }
}
