//! A WebSocket client.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{Person, Server, within};

/// A live connection to `/ws`.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What a socket gets to hear.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame of the server.
    Frame(Value),
    /// The end, with its code.
    Closed(u16),
}

impl Socket {
    /// Listens from now on.
    pub async fn open(server: &Server, person: &Person) -> anyhow::Result<Self> {
        Self::open_at(server, "/ws", Some(&person.token)).await
    }

    /// Listens from a place in the inbox on.
    pub async fn open_since(server: &Server, person: &Person, since: u64) -> anyhow::Result<Self> {
        Self::open_at(server, &format!("/ws?since={since}"), Some(&person.token)).await
    }

    /// Connects with any path and token.
    pub async fn open_at(server: &Server, path: &str, token: Option<&str>) -> anyhow::Result<Self> {
        Self::connect(server.address(), path, token).await
    }

    /// Connects to a server of which only the address is known.
    pub async fn connect(address: &str, path: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        if let Some(token) = token {
            request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}"))?);
        }
        let (stream, _) = within("a socket", connect_async(request)).await?.context("open a socket")?;
        Ok(Self { stream })
    }

    /// Whatever comes next; pings are answered on the way.
    pub async fn hear(&mut self) -> anyhow::Result<Heard> {
        within("the socket", self.listen()).await?
    }

    /// The next frame of any kind.
    pub async fn next_frame(&mut self) -> anyhow::Result<Value> {
        self.next_frame_that("any frame", |_| true).await
    }

    /// The next stored event: a frame that has a place in the inbox.
    pub async fn next_event(&mut self) -> anyhow::Result<Value> {
        self.next_frame_that("an event", |frame| frame["seq"].is_u64()).await
    }

    /// The next frame of one kind; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> anyhow::Result<Value> {
        self.next_frame_that(kind, |frame| frame["type"] == kind).await
    }

    /// The code with which the server closes the socket, after whatever frames.
    pub async fn closed(&mut self) -> anyhow::Result<u16> {
        let closing = async {
            loop {
                if let Heard::Closed(code) = self.listen().await? {
                    return Ok(code);
                }
            }
        };
        within("the socket to be closed", closing).await?
    }

    async fn next_frame_that(&mut self, what: &str, is_meant: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let waiting = async {
            loop {
                match self.listen().await? {
                    Heard::Frame(frame) if is_meant(&frame) => return Ok(frame),
                    Heard::Frame(_) => {}
                    Heard::Closed(code) => bail!("the socket was closed with {code} before {what} came"),
                }
            }
        };
        // One bound for all of it: the server's pings must not prolong the wait.
        within(what, waiting).await?
    }

    /// Whatever comes next, however long it takes; pings are answered on the way.
    pub async fn listen(&mut self) -> anyhow::Result<Heard> {
        loop {
            let message = self.stream.next().await;
            match message.context("the socket ended without a word")?? {
                Message::Text(text) => return Ok(Heard::Frame(serde_json::from_str(&text)?)),
                Message::Close(Some(frame)) => return Ok(Heard::Closed(frame.code.into())),
                Message::Close(None) => bail!("the socket was closed without a code"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("the socket got {other:?}"),
            }
        }
    }

    /// Says something to the server.
    pub async fn say(&mut self, frame: &Value) -> anyhow::Result<()> {
        self.say_raw(&frame.to_string()).await
    }

    /// Says any text to the server.
    pub async fn say_raw(&mut self, text: &str) -> anyhow::Result<()> {
        within("the socket to take a frame", self.stream.send(Message::text(text))).await?.context("send a frame")
    }
}
