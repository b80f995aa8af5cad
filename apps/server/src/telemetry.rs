//! Logs: to standard error, so that standard output is left to what was asked for.

mod lines;

use anyhow::{Context, anyhow};
use tracing_subscriber::EnvFilter;

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
        LogFormat::Text => log.with_ansi(stderr_has_colours()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("log could not be started: {error}"))?;
    Ok(last_lines)
}

fn stderr_has_colours() -> bool {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
