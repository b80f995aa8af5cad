//! A running server, as its operating system sees it.

use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, bail, ensure};

use crate::installation::append_to;
use crate::process::{Process, first_line_that};
use crate::{Client, Person, within};

/// A child process that serves; it is killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    url: String,
    banner: String,
}

impl Server {
    /// Starts the server and waits until it says where it listens.
    pub(crate) async fn start(mut command: Command, log: PathBuf) -> anyhow::Result<Self> {
        command.stdout(Stdio::piped()).stderr(append_to(&log)?);
        let mut process = Process::start(&mut command)?;
        let stdout = process.take_stdout()?;
        let mut server = Self { process, url: String::new(), banner: String::new() };
        let Ok(line) = within("the server to listen", first_line_that(stdout, |_| true)).await? else {
            let status = server.exited().await?;
            bail!("the server ended at its start: {status}: {}", std::fs::read_to_string(log).unwrap_or_default());
        };
        let address = line.strip_prefix("listening on ").and_then(|rest| rest.split([' ', ',']).next());
        let address = address.with_context(|| format!("the server says where it listens, not {line:?}"))?;
        ensure!(address.starts_with("http://"), "{address} is an HTTP address");
        server.url = address.to_owned();
        server.banner = line;
        Ok(server)
    }

    /// Where it listens: `http://ADDRESS:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `ADDRESS:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The line that it printed once it accepted requests.
    #[must_use]
    pub fn banner(&self) -> &str {
        &self.banner
    }

    /// Somebody's HTTP client.
    #[must_use]
    pub fn client(&self, person: &Person) -> Client {
        Client::new(&self.url, Some(&person.token))
    }

    /// The HTTP client of somebody without a session.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// Lets the server write as much as it likes from now on, after it was started on a small disk.
    pub fn get_a_larger_disk(&self) -> anyhow::Result<()> {
        let process = self.process.id().to_string();
        let status = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited"]).status();
        let status = status.context("run prlimit, of util-linux")?;
        ensure!(status.success(), "prlimit: {status}");
        Ok(())
    }

    /// Ends the server at once, whatever it is doing (SIGKILL).
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.exited().await.map(drop)
    }

    /// Asks the server to end (SIGTERM).
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        self.process.ask_to_stop()
    }

    /// Asks the server to end and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        self.ask_to_stop()?;
        self.exited().await
    }

    /// How the server ended; waits until it has.
    pub async fn exited(&mut self) -> anyhow::Result<ExitStatus> {
        self.process.exited().await
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> anyhow::Result<bool> {
        self.process.is_running()
    }
}
