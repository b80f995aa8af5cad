//! What is logged.

use clap::{Args, ValueEnum};

/// What is logged, always to standard error.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogSettings {
    /// What to log: error, warn, info, debug, trace, or directives such as info,parlour_domain=debug. Without it, info
    /// of Parlour itself and warnings of all else when serving, and warnings otherwise.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", global = true)]
    pub(crate) log_level: Option<String>,
    /// Form of a log line.
    #[arg(long, env = "PARLOUR_LOG_FORMAT", value_enum, default_value_t, global = true)]
    pub(crate) log_format: LogFormat,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
