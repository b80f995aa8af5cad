//! A running server, as its operating system sees it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use anyhow::{Context, bail, ensure};
use tokio::sync::oneshot;

use crate::installation::append_to;
use crate::{Client, Person, eventually, within};

/// A child process that serves; it is killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    url: String,
    banner: String,
}

impl Server {
    /// Starts the server and waits until it says where it listens.
    pub(crate) async fn start(mut command: Command, log: PathBuf) -> anyhow::Result<Self> {
        command.stdout(Stdio::piped()).stderr(append_to(&log)?);
        let mut child = command.spawn().context("start the server")?;
        let stdout = child.stdout.take().context("the server has an output")?;
        let mut server = Self { child, url: String::new(), banner: String::new() };
        let Ok(line) = within("the server to listen", first_line(stdout)).await? else {
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

    /// Ends the server at once, whatever it is doing (SIGKILL).
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().context("kill the server")?;
        self.exited().await.map(drop)
    }

    /// Asks the server to end (SIGTERM).
    pub fn ask_to_stop(&self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        let status = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status()?;
        ensure!(status.success(), "kill -TERM: {status}");
        Ok(())
    }

    /// Asks the server to end and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        self.ask_to_stop()?;
        self.exited().await
    }

    /// How the server ended; waits until it has.
    pub async fn exited(&mut self) -> anyhow::Result<ExitStatus> {
        eventually("the server to end", async || Ok(self.child.try_wait()?)).await
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before: then there is nothing to kill, and waiting only clears the process table.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line that the server prints. A thread reads on, so that the server never waits for a full pipe.
async fn first_line(stdout: ChildStdout) -> Result<String, oneshot::error::RecvError> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        if let Some(line) = lines.next() {
            // Whoever asked may have given up.
            let _ = tell.send(line);
        }
        lines.for_each(drop);
    });
    told.await
}
