//! `parlour serve`: the server until it is told to stop.

use std::pin::pin;

use super::print;
use crate::config::Settings;
use crate::server::RunningServer;
use crate::shutdown::StopSignals;

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// One line that says why it cannot be started, or why it ended by itself.
pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut signals = StopSignals::catch()?;
    let mut start = pin!(RunningServer::start(settings));
    let mut server = tokio::select! {
        started = &mut start => started?,
        // Nothing was served yet, so nothing has to be finished; and a store cannot be dropped while it is opened.
        _ = signals.next() => std::process::exit(0),
    };
    print::lines([format!("listening on {} ({})", server.url(), server.stores())])?;
    let outcome = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            Ok(())
        }
        failure = server.failure() => Err(failure),
    };
    server.stop().await;
    outcome
}
