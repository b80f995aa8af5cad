//! Drives the binary as its users do.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

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
        Server::start(self.command(&["--bind", "127.0.0.1:0"]))
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
    let own: Vec<&str> = stderr.lines().filter(|line| line.starts_with("parlour: ")).collect();
    assert_eq!(own.len(), 1, "{stderr}");
    assert_eq!(stderr.lines().last(), Some(own[0]), "{stderr}");
    own[0].to_owned()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// The line it printed.
    pub(crate) line: String,
    /// Where it listens.
    pub(crate) url: String,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(rest) = line.strip_prefix("listening on ") else {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("did not start: {line:?} {stderr}");
        };
        let url = rest.split(' ').next().unwrap().to_owned();
        // Nobody reads the log: a full pipe must not stop the server.
        let mut stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Self { child, line: line.trim_end().to_owned(), url }
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end and answers what else it printed, with its exit code.
    pub(crate) fn wait(mut self) -> (String, Option<i32>) {
        let mut rest = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap().code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The permission bits of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}
