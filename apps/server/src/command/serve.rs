//! `parlour serve`: the server until it is told to stop.

use anyhow::bail;

use super::print;
use crate::config::Settings;
use crate::server::RunningServer;
use crate::shutdown::StopSignals;

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// One line that says why it can't be started, or why it ended by itself.
pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut signals = StopSignals::catch()?;
    let mut server = tokio::select! {
        started = RunningServer::start(settings) => started?,
        _ = signals.next() => return Ok(()),
    };
    print::lines([format!("listening on {} ({})", server.url(), server.stores())])?;
    let outcome = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            Ok(())
        }
        failure = server.failure() => Err(failure),
    };
    tokio::select! {
        () = server.stop() => outcome,
        signal = signals.next() => bail!("stopped at once by a second {signal}"),
    }
}
