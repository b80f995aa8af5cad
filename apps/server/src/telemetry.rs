//! Logs: to standard error, so that standard output is left to what was asked for.

mod lines;

use anyhow::{Context, anyhow};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogSettings};
pub(crate) use lines::LastLines;
use lines::Lines;

/// Starts logging. `default_level` holds unless the settings name another. What was logged last is written when the
/// answer is dropped.
///
/// # Errors
/// When the filter does not parse.
pub(crate) fn start(settings: &LogSettings, default_level: &str) -> anyhow::Result<LastLines> {
    let directives = settings.log_level.as_deref().filter(|given| !given.is_empty()).unwrap_or(default_level);
    let filter =
        EnvFilter::builder().parse(directives).with_context(|| format!("log level {directives:?} is wrong"))?;
    let (lines, last_lines) = Lines::to(std::io::stderr())?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    let started = match settings.log_format {
        LogFormat::Text => log.with_ansi(stderr_has_colours()).finish().with(discretion()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().with(discretion()).try_init(),
    };
    started.map_err(|error| anyhow!("log could not be started: {error}"))?;
    Ok(last_lines)
}

/// Libraries that print whole messages at `trace`, and with them hashes of tokens and a database's password: the client
/// of a SurrealDB server speaks through a WebSocket. No setting makes them.
const TALKATIVE: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

fn discretion() -> Targets {
    Targets::new().with_default(LevelFilter::TRACE).with_targets(TALKATIVE.map(|target| (target, LevelFilter::DEBUG)))
}

fn stderr_has_colours() -> bool {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn what_carries_whole_messages_is_never_written() {
        let page = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&page);
        let log =
            tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || Page(writer.clone()));
        tracing::subscriber::with_default(log.finish().with(discretion()), || {
            tracing::trace!(target: "tungstenite::protocol", "Sending frame: a password");
            tracing::trace!(target: "tungstenite::protocol::frame", "writing frame of a hash");
            tracing::debug!(target: "tungstenite::protocol", "Received close frame");
            tracing::trace!(target: "parlour_domain", "something else");
        });
        let text = String::from_utf8(page.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("password") && !text.contains("hash"), "{text}");
        assert!(text.contains("Received close frame") && text.contains("something else"), "{text}");
    }

    struct Page(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Page {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(text)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
