//! What can be set: every flag, its environment variable and its line of help; one heading a file.

mod command;
mod data;
mod jwt;
mod limits;
mod log;
mod passkeys;
mod server;
mod session;

use clap::{Args, Parser};

pub(crate) use command::{Command, CopyArguments, Output, SessionCommand, UserCommand, VerifyArguments};
pub(crate) use data::{DataSettings, SurrealAuth, SurrealSettings};
pub(crate) use jwt::JwtSettings;
pub(crate) use limits::LimitSettings;
pub(crate) use log::{LogFormat, LogSettings};
pub(crate) use passkeys::PasskeySettings;
pub(crate) use server::HttpSettings;
pub(crate) use session::SessionSettings;

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
    pub(crate) sessions: SessionSettings,
    #[command(flatten)]
    pub(crate) jwt: JwtSettings,
    #[command(flatten)]
    pub(crate) passkeys: PasskeySettings,
    #[command(flatten)]
    pub(crate) log: LogSettings,
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::CommandFactory;

    use super::*;

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
