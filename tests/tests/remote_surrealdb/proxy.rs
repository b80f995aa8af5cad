//! A network that fails.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::database::url_of;

/// What becomes of what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    Fine,
    /// Connections stay open, new ones are taken, and nothing arrives.
    Silent,
    /// The server's answers are lost, but what it is asked arrives.
    AnswersLost,
    /// Connections end, and so does every new one.
    Broken,
}

/// Stands before a server.
pub(crate) struct Proxy {
    address: SocketAddr,
    weather: Arc<watch::Sender<Weather>>,
}

impl Proxy {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let weather = Arc::new(watch::Sender::new(Weather::Fine));
        let seen = Arc::clone(&weather);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                if *seen.borrow() != Weather::Broken {
                    tokio::spawn(forward(client, server, Arc::clone(&seen)));
                }
            }
        });
        Self { address, weather }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        url_of(self.address, database)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn forward(client: TcpStream, server: SocketAddr, weather: Arc<watch::Sender<Weather>>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (asks, answers) = (client.into_split(), server.into_split());
    let mut changes = weather.subscribe();
    tokio::select! {
        () = pass(asks.0, answers.1, &weather, |now| now == Weather::Silent) => {}
        () = pass(answers.0, asks.1, &weather, |now| matches!(now, Weather::Silent | Weather::AnswersLost)) => {}
        _ = changes.wait_for(|now| *now == Weather::Broken) => {}
    }
}

/// Passes on what arrives; what is held up stays held up until the weather allows it.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    weather: &watch::Sender<Weather>,
    is_held_up: impl Fn(Weather) -> bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    let mut changes = weather.subscribe();
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if changes.wait_for(|now| !is_held_up(*now)).await.is_err() || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
