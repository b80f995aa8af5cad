//! An identity provider that answers with its key set over loopback HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// No status: there is no answer.
const SILENCE: u16 = 0;

pub(crate) struct Provider {
    pub(crate) url: String,
    answer: Arc<Mutex<(u16, Vec<u8>)>>,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    pub(crate) async fn start(keys: &Value) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new((200, keys.to_string().into_bytes())));
        let asked = Arc::new(AtomicUsize::new(0));
        let (answers, count) = (answer.clone(), asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (status, body) = answers.lock().unwrap().clone();
                tokio::spawn(reply(stream, status, body));
            }
        });
        Self { url, answer, asked }
    }

    /// From now on these are the keys.
    pub(crate) fn publish(&self, keys: &Value) {
        self.answer_with(200, keys.to_string().into_bytes());
    }

    pub(crate) fn answer_with(&self, status: u16, body: Vec<u8>) {
        *self.answer.lock().unwrap() = (status, body);
    }

    /// It takes connections, and that is all.
    pub(crate) fn say_nothing(&self) {
        self.answer_with(SILENCE, Vec::new());
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn reply(mut stream: TcpStream, status: u16, body: Vec<u8>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if !matches!(stream.read(&mut byte).await, Ok(1)) {
            return;
        }
        request.push(byte[0]);
    }
    if status == SILENCE {
        std::future::pending::<()>().await;
    }
    let length = body.len();
    let location = if status == 302 { "Location: /elsewhere\r\n" } else { "" };
    let head = format!("HTTP/1.1 {status} X\r\n{location}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    // Whoever asked may have gone.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
}
