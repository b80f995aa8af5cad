//! The one writer of a socket.

use std::time::Duration;

use actix_ws::Closed;
use bytestring::ByteString;
use tokio::time::timeout;

use crate::farewell::Farewell;
use crate::frame;

/// Writes to a peer, and gives up on one that does not read.
pub(crate) struct Outlet {
    session: actix_ws::Session,
    patience: Duration,
}

impl Outlet {
    /// `patience` is how long one frame may wait.
    pub(crate) const fn new(session: actix_ws::Session, patience: Duration) -> Self {
        Self { session, patience }
    }

    pub(crate) async fn text(&mut self, text: ByteString) -> Result<(), Farewell> {
        within(self.patience, self.session.text(text)).await
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Farewell> {
        within(self.patience, self.session.ping(b"")).await
    }

    pub(crate) async fn pong(&mut self, bytes: &[u8]) -> Result<(), Farewell> {
        within(self.patience, self.session.pong(bytes)).await
    }

    /// Tells the peer why it ends, if it can still be told in time. Nothing is left of the socket afterwards.
    pub(crate) async fn close(mut self, farewell: &Farewell) {
        let patience = self.patience;
        let goodbye = async {
            if let Some((code, message)) = farewell.error() {
                self.session.text(frame::error(code, message)).await?;
            }
            self.session.close(farewell.reason()).await
        };
        if within(patience, goodbye).await.is_err() {
            tracing::debug!(?farewell, "peer could not be told why its socket ends");
        }
    }
}

async fn within(patience: Duration, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), Farewell> {
    match timeout(patience, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) => Err(Farewell::PeerGone),
        Err(_) => Err(Farewell::SlowReader),
    }
}
