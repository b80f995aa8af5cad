//! A client of raw bytes, for what no library sends.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::chat::{Chat, Person};

const PATIENCE: Duration = Duration::from_secs(20);
const MASK: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xa;
pub(crate) const FIN: u8 = 0x80;

pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

/// A frame with a mask, as clients must send it.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header(first, payload.len());
    bytes.extend_from_slice(&MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// The header of a frame with a mask, up to the mask.
pub(crate) fn header(first: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => bytes.push(0x80 | short),
        (_, Ok(medium)) => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&u64::try_from(length).unwrap().to_be_bytes());
        }
    }
    bytes
}

/// Reads one frame of the server, which has no mask.
pub(crate) async fn read_frame(stream: &mut (impl AsyncRead + Unpin)) -> (u8, Vec<u8>) {
    let reading = async {
        let first = stream.read_u8().await?;
        let length = match stream.read_u8().await? {
            126 => u64::from(stream.read_u16().await?),
            127 => stream.read_u64().await?,
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload).await?;
        std::io::Result::Ok((first, payload))
    };
    timeout(PATIENCE, reading).await.expect("nothing came").unwrap()
}

impl Raw {
    pub(crate) async fn open(chat: &Chat, person: &Person) -> Self {
        Self::open_saying(chat, person, b"").await
    }

    /// Opens a socket and sends bytes together with the request.
    pub(crate) async fn open_saying(chat: &Chat, person: &Person, bytes: &[u8]) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // A small window makes a peer that does not read felt early.
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(chat.address).await.unwrap();
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer {}\r\n\r\n",
            chat.address,
            person.token.reveal()
        );
        stream.write_all(&[request.as_bytes(), bytes].concat()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Self { stream }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame that is no ping: its first byte and its payload.
    pub(crate) async fn receive(&mut self) -> (u8, Vec<u8>) {
        let receiving = async {
            loop {
                let (first, payload) = self.receive_any().await;
                if first != FIN | PING {
                    return (first, payload);
                }
            }
        };
        timeout(PATIENCE, receiving).await.expect("nothing but pings came")
    }

    /// The next frame: its first byte and its payload.
    pub(crate) async fn receive_any(&mut self) -> (u8, Vec<u8>) {
        read_frame(&mut self.stream).await
    }

    /// The `error_code` of the error frame that must be what comes next.
    pub(crate) async fn error_code(&mut self) -> String {
        let (first, payload) = self.receive().await;
        assert_eq!(first, FIN | TEXT);
        let frame: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(frame["type"], "error", "{frame}");
        frame["error_code"].as_str().unwrap().to_owned()
    }

    /// The code of the close frame, which must be what comes next.
    pub(crate) async fn close_code(&mut self) -> u16 {
        let (first, payload) = self.receive().await;
        assert_eq!(first, FIN | CLOSE, "{payload:?}");
        u16::from_be_bytes([payload[0], payload[1]])
    }

    /// Waits until the server has ended the connection; nothing may come before that.
    pub(crate) async fn until_ended(mut self) {
        let mut rest = Vec::new();
        let end = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("connection stays open");
        assert!(end.is_err() || rest.is_empty(), "{rest:?}");
    }
}
