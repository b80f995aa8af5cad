//! What can be asked for on the command line: one command a file.

mod copy;
mod demo;
mod print;
mod serve;
mod session;
mod user;
mod verify;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use crate::config::{Cli, Command};
use crate::telemetry;

/// What a runtime may still be doing when its command is done is cut off after this.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What the engines tell of themselves is of use only when something is wrong with them. SurrealKV warns at every orderly
/// end that it could not close itself, after the database has closed it.
const SERVING: &str = "warn,parlour=info,surrealkv::lsm=error";

/// The same of a command that opens a store and closes it.
const OPERATING: &str = "warn,surrealkv::lsm=error";

/// Does what was asked for; a failure is one line on standard error.
pub(crate) fn run(cli: Cli) -> ExitCode {
    // To a check 1 says that it found something.
    let failed =
        if matches!(cli.command, Some(Command::Verify { .. })) { ExitCode::from(2) } else { ExitCode::FAILURE };
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            let line = format!("{error:#}").replace('\n', " ");
            let _ = writeln!(std::io::stderr(), "parlour: {line}");
            failed
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { settings, command } = cli;
    let command = command.unwrap_or(Command::Serve);
    let _last_lines = telemetry::start(&settings.log, default_log_level(&command))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve => serve::run(&settings).await,
            Command::Demo => demo::run().await,
            Command::Copy { output, arguments } => copy::run(&settings.data, output, &arguments).await,
            Command::Verify { output, arguments } => return verify::run(&settings.data, output, &arguments).await,
            Command::User { output, command } => user::run(&settings, output, command).await,
            Command::Session { output, command } => session::run(&settings, output, command).await,
        }
        .map(|()| ExitCode::SUCCESS)
    });
    runtime.shutdown_timeout(LAST_WORDS);
    outcome
}

const fn default_log_level(command: &Command) -> &'static str {
    match command {
        Command::Serve => SERVING,
        Command::Demo => "error",
        Command::Copy { .. } | Command::Verify { .. } | Command::User { .. } | Command::Session { .. } => OPERATING,
    }
}
