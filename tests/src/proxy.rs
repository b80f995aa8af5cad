//! A way to a server that can be cut, blocked and opened again.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It goes through.
    Pass,
    /// It is closed, at once.
    Cut,
    /// It is taken and says nothing: what is sent waits until the way is open again.
    Hold,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    mood: Mood,
    /// Connections of an earlier epoch are forgotten: silent for ever.
    epoch: u64,
}

impl Way {
    const fn is_open(&self) -> bool {
        matches!(self.mood, Mood::Pass)
    }
}

/// A TCP proxy on this machine; it ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    way: watch::Sender<Way>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Leads from a port of its own to `target`, such as `127.0.0.1:5432`.
    pub async fn to(target: &str) -> anyhow::Result<Self> {
        let own = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(own).await.context("listen for a proxy")?;
        let port = listener.local_addr()?.port();
        let way = watch::Sender::new(Way { mood: Mood::Pass, epoch: 0 });
        let task = tokio::spawn(serve(listener, target.to_owned(), way.subscribe()));
        Ok(Self { port, way, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Changes what becomes of every connection, old and new.
    pub fn set(&self, mood: Mood) {
        self.way.send_modify(|way| way.mood = mood);
    }

    /// Lets new connections through. The old ones stay open and silent for ever, as when something on the way has lost
    /// its memory of them.
    pub fn forget(&self) {
        self.way.send_modify(|way| *way = Way { mood: Mood::Pass, epoch: way.epoch + 1 });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        // Those that are under way have tasks of their own.
        self.set(Mood::Cut);
    }
}

async fn serve(listener: TcpListener, target: String, way: watch::Receiver<Way>) {
    while let Ok((client, _)) = listener.accept().await {
        let (target, way, mut until_cut) = (target.clone(), way.clone(), way.clone());
        tokio::spawn(async move {
            tokio::select! {
                _ = until_cut.wait_for(|way| way.mood == Mood::Cut) => {}
                () = lead(client, &target, way) => {}
            }
        });
    }
}

async fn lead(client: TcpStream, target: &str, mut way: watch::Receiver<Way>) {
    let Ok(epoch) = way.wait_for(Way::is_open).await.map(|way| way.epoch) else { return };
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(copy(from_client, to_server, way.clone(), epoch), copy(from_server, to_client, way, epoch));
}

/// Passes bytes on while the way is open, until either end is closed.
async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut way: watch::Receiver<Way>,
    epoch: u64,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await.unwrap_or_default();
        if way.wait_for(|way| way.is_open() && way.epoch == epoch).await.is_err() {
            return;
        }
        if read == 0 {
            // Whoever is gone needs no goodbye.
            let _ = to.shutdown().await;
            return;
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
