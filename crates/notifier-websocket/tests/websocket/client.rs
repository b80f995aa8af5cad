//! A client as browsers are: tungstenite, which answers pings by itself.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlour_domain::SessionToken;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::chat::{Chat, Person};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn open(chat: &Chat, person: &Person) -> Self {
        Self::open_at(chat, "", Some(&person.token)).await.unwrap()
    }

    pub(crate) async fn resume(chat: &Chat, person: &Person, since: u64) -> Self {
        Self::open_at(chat, &format!("?since={since}"), Some(&person.token)).await.unwrap()
    }

    pub(crate) async fn open_at(chat: &Chat, query: &str, token: Option<&SessionToken>) -> Result<Self, Error> {
        let mut request = format!("ws://{}/ws{query}", chat.address).into_client_request().unwrap();
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {}", token.reveal()).parse().unwrap());
        }
        let (stream, _) = timeout(PATIENCE, connect_async(request)).await.unwrap()?;
        Ok(Self { stream })
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    pub(crate) async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn message(&mut self) -> Message {
        timeout(PATIENCE, self.stream.next()).await.expect("nothing came").expect("socket ended").unwrap()
    }

    /// The next text frame.
    pub(crate) async fn frame(&mut self) -> Value {
        loop {
            match self.message().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("instead of a text frame came {other:?}"),
            }
        }
    }

    /// The next event of the inbox, which must have this place.
    pub(crate) async fn event(&mut self, seq: u64) -> Value {
        let frame = self.frame().await;
        assert_eq!(frame["seq"], json!(seq), "{frame}");
        frame
    }

    /// The code of the close frame, which must be what comes next.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match self.message().await {
                Message::Close(reason) => return reason.unwrap().code.into(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("instead of a close frame came {other:?}"),
            }
        }
    }

    /// Proves that nothing was on its way: the answer to this comes next.
    pub(crate) async fn assert_nothing_waits(&mut self) {
        self.say(json!({ "type": "nonsense", "temp_id": "barrier" })).await;
        assert_eq!(self.frame().await["temp_id"], json!("barrier"));
    }

    /// Says goodbye and leaves when it was answered.
    pub(crate) async fn close(mut self) {
        self.stream.close(None).await.unwrap();
        while !matches!(self.message().await, Message::Close(_)) {}
    }
}
