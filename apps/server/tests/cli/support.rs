//! Drives the binary as its users do.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// What does not happen in this time does not happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What a future answers, unless it takes too long.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// A data directory of one test, and the flags that name its stores.
pub(crate) struct Place {
    root: TempDir,
    stores: Vec<String>,
}

impl Place {
    /// With the default stores.
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap(), stores: Vec::new() }
    }

    /// With one store for users and rooms.
    pub(crate) fn with_store(url: &str) -> Self {
        let stores = [format!("--user-store={url}"), format!("--room-store={url}")];
        Self { stores: stores.into(), ..Self::new() }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.data_dir().join("operator.sock")
    }

    /// `parlour ARGUMENTS` on this place.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = parlour();
        command.arg("--data-dir").arg(self.data_dir()).args(&self.stores).args(arguments);
        command
    }

    /// Runs `parlour ARGUMENTS` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs `parlour ARGUMENTS --json`, which has to succeed, and answers what it printed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs `parlour ARGUMENTS`, which has to fail with 1 and one line, and answers that line.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        refused(&mut self.command(arguments))
    }

    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        let mut server = self.serve_unread(&[]);
        let mut log = server.process.0.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        server
    }

    /// Starts a server on a free port whose log is a pipe that nobody reads.
    pub(crate) fn serve_unread(&self, arguments: &[&str]) -> Server {
        Server::start(self.command(&[&["--bind", "127.0.0.1:0"], arguments].concat()))
    }
}

/// The binary, deaf to the environment of whoever runs the tests.
pub(crate) fn parlour() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlour"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PARLOUR_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command that has to fail with 1, nothing on standard output and one line on standard error.
pub(crate) fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(text(&output.stdout), "");
    // What went well before may be in the log.
    let own: Vec<&str> = stderr.lines().filter(|line| !line.contains(" INFO ")).collect();
    assert_eq!(own.len(), 1, "{stderr}");
    assert!(own[0].starts_with("parlour: "), "{stderr}");
    own[0].to_owned()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that may not listen yet; killed when it is dropped.
pub(crate) struct Starting(Child);

impl Starting {
    pub(crate) fn begin(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end and answers what it printed since, with its exit code.
    pub(crate) fn end(mut self) -> (String, Option<i32>) {
        let begun = Instant::now();
        let status = loop {
            match self.0.try_wait().unwrap() {
                Some(status) => break status,
                None if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(10)),
                None => panic!("did not end"),
            }
        };
        let mut printed = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        (printed, status.code())
    }

    /// The line with which it says that it listens.
    fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        if !line.ends_with('\n') {
            let mut stderr = String::new();
            self.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("did not start: {line:?} {stderr}");
        }
        line.trim_end().to_owned()
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server.
pub(crate) struct Server {
    process: Starting,
    /// The line it printed.
    pub(crate) line: String,
    /// Where it listens.
    pub(crate) url: String,
}

impl Server {
    fn start(command: Command) -> Self {
        let mut process = Starting::begin(command);
        let line = process.line();
        let url = line.strip_prefix("listening on ").unwrap().split(' ').next().unwrap().to_owned();
        Self { process, line, url }
    }

    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Waits for its end and answers what else it printed, with its exit code.
    pub(crate) fn wait(self) -> (String, Option<i32>) {
        self.process.end()
    }
}

/// The permission bits of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}
