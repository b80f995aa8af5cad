//! A child process that does not outlive its test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus};

use anyhow::{Context, ensure};
use tokio::sync::oneshot;

use crate::eventually;

/// A child process; it is killed when dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        command.spawn().map(Self).with_context(|| format!("start {}", Path::new(command.get_program()).display()))
    }

    /// Its output, when that is a pipe; once.
    pub(crate) fn take_stdout(&mut self) -> anyhow::Result<ChildStdout> {
        self.0.stdout.take().context("the output is a pipe")
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it at once, whatever it is doing (SIGKILL).
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill().context("kill a process")
    }

    /// Asks it to end (SIGTERM).
    pub(crate) fn ask_to_stop(&self) -> anyhow::Result<()> {
        self.signal("TERM")
    }

    /// Sends it the signal of that name, such as `QUIT`.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.id().to_string();
        let status = Command::new("sh").args(["-c", "kill -\"$1\" \"$2\"", "sh", name, &id]).status()?;
        ensure!(status.success(), "kill -{name}: {status}");
        Ok(())
    }

    /// How it ended; waits until it has.
    pub(crate) async fn exited(&mut self) -> anyhow::Result<ExitStatus> {
        eventually("the process to end", async || Ok(self.0.try_wait()?)).await
    }

    pub(crate) fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before: then there is nothing to kill, and waiting only clears the process table.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first line that a process prints and that is meant. A thread reads on, so that the process never waits for a full
/// pipe.
pub(crate) async fn first_line_that(
    stdout: ChildStdout,
    is_meant: impl Fn(&str) -> bool + Send + 'static,
) -> Result<String, oneshot::error::RecvError> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        if let Some(line) = lines.find(|line| is_meant(line)) {
            // Whoever asked may have given up.
            let _ = tell.send(line);
        }
        lines.for_each(drop);
    });
    told.await
}
