//! A web server for one page.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const PAGE: &str = include_str!("page.html");

/// An origin of its own on this machine, with the same page at every path.
pub(crate) struct Site {
    origin: String,
    serving: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let serving = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                tokio::spawn(answer(visitor));
            }
        });
        Ok(Self { origin, serving })
    }

    /// As a browser writes it: `http://localhost:PORT`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request, whatever it asks for, once its header is there.
async fn answer(mut visitor: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && visitor.read_buf(&mut request).await? > 0 {}
    let header = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        PAGE.len()
    );
    visitor.write_all(header.as_bytes()).await?;
    visitor.write_all(PAGE.as_bytes()).await?;
    visitor.shutdown().await
}
