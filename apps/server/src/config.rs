//! What can be set: every flag, its environment variable and its line of help.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

/// The room service of an end-to-end encrypted chat.
#[derive(Debug, Parser)]
#[command(name = "parlour", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// What to do; without a command, `serve`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    pub(crate) data: DataSettings,
    #[command(flatten)]
    pub(crate) http: HttpSettings,
    #[command(flatten)]
    pub(crate) log: LogSettings,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataSettings {
    /// Directory of the embedded stores, the lock and the operator socket; made when absent.
    #[arg(long, env = "PARLOUR_DATA_DIR", value_name = "DIR", default_value = "./parlour-data", global = true)]
    pub(crate) data_dir: PathBuf,
    /// Where users and sessions are kept: memory:, sqlite://PATH, postgres://..., mysql://..., surreal-mem:,
    /// surrealkv://PATH. Without it, SQLite in the data directory.
    #[arg(long, env = "PARLOUR_USER_STORE", value_name = "URL", hide_env_values = true, global = true)]
    pub(crate) user_store: Option<String>,
    /// Where rooms and inboxes are kept: the same URLs; the same one for both is one shared store. Without it, SurrealKV
    /// in the data directory (SQLite in a build without SurrealDB).
    #[arg(long, env = "PARLOUR_ROOM_STORE", value_name = "URL", hide_env_values = true, global = true)]
    pub(crate) room_store: Option<String>,
}

/// How HTTP is served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct HttpSettings {
    #[arg(
        long,
        help = "Address to listen on: HOST:PORT or [IPV6]:PORT; port 0 takes a free one",
        env = "PARLOUR_BIND",
        value_name = "ADDR",
        default_value = "127.0.0.1:8080",
        value_parser = host_and_port,
        global = true
    )]
    pub(crate) bind: String,
    #[arg(
        long,
        help = "Web origin that may call with credentials, such as https://chat.example; may be repeated, or separated \
                by commas",
        env = "PARLOUR_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = web_origin,
        global = true
    )]
    pub(crate) cors_origin: Vec<String>,
    /// Let cookies travel over plain HTTP, for development on a machine without HTTPS.
    #[arg(long, env = "PARLOUR_INSECURE_COOKIES", value_parser = FalseyValueParser::new(), global = true)]
    pub(crate) insecure_cookies: bool,
}

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

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve HTTP and WebSocket until Ctrl-C or SIGTERM.
    Serve,
    /// Show a room being created and its participant being told, on a throw-away server.
    Demo,
    /// Add and list users.
    User {
        #[command(flatten)]
        output: Output,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Issue, list and revoke sessions.
    Session {
        #[command(flatten)]
        output: Output,
        #[command(subcommand)]
        command: SessionCommand,
    },
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Register an active user.
    Add {
        /// Username: 3 to 50 letters, digits and punctuation, unique in any case.
        name: String,
        /// Name that other people see: 1 to 100 characters.
        #[arg(long, value_name = "TEXT")]
        display_name: String,
    },
    /// List all users in the order of their registration.
    List,
}

/// What can be done with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Issue a session; its token is shown now and never again.
    Issue {
        /// Username.
        name: String,
    },
    /// List a user's live sessions.
    List {
        /// Username.
        name: String,
    },
    /// Revoke a session and close its sockets.
    Revoke {
        /// Id of the session, as `issue` and `list` show it.
        id: String,
    },
}

/// Names are resolved later; here only the form is checked, so that a typing error is a usage error.
fn host_and_port(text: &str) -> Result<String, String> {
    const FORM: &str = "must be HOST:PORT or [IPV6]:PORT";
    let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
    port.parse::<u16>().map_err(|_| "port must be a number from 0 to 65535")?;
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (host.contains(':') && !bracketed) {
        return Err(FORM.to_owned());
    }
    Ok(text.to_owned())
}

/// Reads an origin as a browser sends it in `Origin` (RFC 6454, section 6.2).
fn web_origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    let origin = url.origin().ascii_serialization();
    if text.trim_end_matches('/') != origin {
        return Err(format!("must be an origin without a path, such as {origin}"));
    }
    Ok(origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(["parlour"].iter().chain(arguments))
    }

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_has_an_environment_variable_and_a_line_of_help() {
        let command = Cli::command();
        for argument in command.get_arguments().filter(|argument| argument.get_long().is_some()) {
            let name = argument.get_id().as_str();
            if matches!(name, "help" | "version") {
                continue;
            }
            assert!(argument.get_env().is_some(), "{name} has no environment variable");
            assert!(argument.get_help().is_some(), "{name} has no help");
        }
    }

    #[test]
    fn a_flag_may_stand_before_and_after_the_command() {
        for arguments in [["--data-dir", "/x", "serve"], ["serve", "--data-dir", "/x"]] {
            let cli = parse(&arguments).unwrap();
            assert_eq!(cli.settings.data.data_dir, PathBuf::from("/x"), "{arguments:?}");
            assert!(matches!(cli.command, Some(Command::Serve)));
        }
    }

    #[test]
    fn json_may_be_asked_for_at_either_place() {
        for arguments in [["user", "--json", "list"], ["user", "list", "--json"]] {
            let Some(Command::User { output, .. }) = parse(&arguments).unwrap().command else { panic!("no user") };
            assert!(output.json, "{arguments:?}");
        }
    }

    #[test]
    fn addresses_with_a_name_or_of_ipv6_are_accepted() {
        for address in ["127.0.0.1:0", "localhost:8080", "[::1]:8080", "0.0.0.0:65535"] {
            assert_eq!(parse(&["--bind", address]).unwrap().settings.http.bind, address);
        }
        for address in ["8080", "localhost", "::1:8080", "localhost:65536", ":8080", "localhost:http"] {
            assert!(parse(&["--bind", address]).is_err(), "{address}");
        }
    }

    #[test]
    fn only_origins_are_accepted_as_origins() {
        let given = parse(&["--cors-origin", "https://a.example,http://localhost:5173/"]).unwrap();
        assert_eq!(given.settings.http.cors_origin, ["https://a.example", "http://localhost:5173"]);
        for origin in ["*", "a.example", "https://a.example/chat", "ws://a.example", "https://u@a.example"] {
            assert!(parse(&["--cors-origin", origin]).is_err(), "{origin}");
        }
    }
}
