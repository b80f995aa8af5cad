//! A running server: how it starts, and how it stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use anyhow::{Context, anyhow};
use tokio::task::JoinHandle;

use crate::background::Background;
use crate::chores;
use crate::compose::Composition;
use crate::config::Settings;
use crate::data_dir::DataDir;
use crate::listen::listen;
use crate::operator::OperatorSocket;

/// All that happens between the signal and the end fits into this.
const STOP_WITHIN: Duration = Duration::from_secs(9);
/// How long sockets may take to say goodbye.
const SOCKETS_CLOSE_WITHIN: Duration = Duration::from_secs(3);
/// How long a background chore may go on; more than that it would keep the stores from being closed in time.
const CHORES_END_WITHIN: Duration = Duration::from_secs(3);

/// A server that accepts requests.
pub(crate) struct RunningServer {
    address: SocketAddr,
    composition: Arc<Composition>,
    http: Serving,
    operator: Serving,
    background: Background,
    operator_socket: OperatorSocket,
    // Held until the stores are closed; the last field, so that it is dropped last.
    _data_dir: DataDir,
}

impl RunningServer {
    /// Takes the data directory and the address, opens the stores, and serves.
    ///
    /// # Errors
    /// One line that says which of them is not to be had.
    pub(crate) async fn start(settings: &Settings) -> anyhow::Result<Self> {
        let data_dir = DataDir::hold(&settings.data.data_dir)?;
        let users = settings.data.user_store_url(data_dir.path())?;
        let rooms = settings.data.room_store_url(data_dir.path())?;
        let listener = listen(&settings.http.bind).await?;
        let address = listener.local_addr()?;
        let composition = Arc::new(Composition::open(&users, &rooms, settings, address).await?);
        let (operator_socket, operator_listener) =
            OperatorSocket::bind(data_dir.path()).context("operator socket cannot be made")?;
        let operator = Serving::start(composition.operator_server(operator_listener)?);
        let background = chores::start(&composition);
        let http = Serving::start(composition.http_server(listener)?);
        Ok(Self { address, composition, http, operator, background, operator_socket, _data_dir: data_dir })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Which stores it uses, without credentials.
    pub(crate) fn stores(&self) -> &str {
        self.composition.stores()
    }

    /// Waits until it fails by itself.
    pub(crate) async fn failure(&mut self) -> anyhow::Error {
        tokio::select! {
            error = self.http.end() => error.context("http server ended"),
            error = self.operator.end() => error.context("operator server ended"),
        }
    }

    /// Readiness off, sockets closed, requests in flight finished, stores closed; then nothing is left.
    pub(crate) async fn stop(self) {
        let Self { composition, http, operator, background, operator_socket, _data_dir, .. } = self;
        composition.drain();
        let stopped = async {
            tokio::join!(
                composition.close_sockets(SOCKETS_CLOSE_WITHIN),
                http.stop(),
                operator.stop(),
                background.stop(CHORES_END_WITHIN)
            );
            composition.close().await;
        };
        if tokio::time::timeout(STOP_WITHIN, stopped).await.is_err() {
            tracing::error!("not everything was finished in time");
        }
        drop(operator_socket);
        tracing::info!("stopped");
    }
}

/// An actix server on its way.
struct Serving {
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    fn start(server: Server) -> Self {
        Self { handle: server.handle(), task: tokio::spawn(server) }
    }

    async fn end(&mut self) -> anyhow::Error {
        match (&mut self.task).await {
            Ok(Ok(())) => anyhow!("nobody told it to"),
            Ok(Err(error)) => error.into(),
            Err(error) => error.into(),
        }
    }

    async fn stop(self) {
        self.handle.stop(true).await;
    }
}
