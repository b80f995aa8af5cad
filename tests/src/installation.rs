//! A data directory, a choice of stores, and the program run on them.

use std::fs::File;
use std::io::{Read, Seek};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::{Person, Server, program, surreal_url};

/// Which engine keeps something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// What the program takes when it is not told.
    Default,
    /// `memory:`
    Memory,
    /// `sqlite://` a file in the data directory.
    Sqlite,
    /// `surreal-mem:`
    SurrealMem,
    /// `surrealkv://` a folder in the data directory.
    SurrealKv,
    /// `ws://` a database of its own on the [`SurrealServer`](crate::SurrealServer) that listens there.
    SurrealServer(SocketAddr),
}

impl Store {
    fn url(self, folder: &Path, name: &str) -> Option<String> {
        let place = folder.join(name).display().to_string();
        match self {
            Self::Default => None,
            Self::Memory => Some("memory:".to_owned()),
            Self::Sqlite => Some(format!("sqlite://{place}.db")),
            Self::SurrealMem => Some("surreal-mem:".to_owned()),
            Self::SurrealKv => Some(format!("surrealkv://{place}")),
            Self::SurrealServer(address) => {
                let installation = folder.file_name().unwrap_or_default().to_string_lossy();
                Some(surreal_url(address, &format!("{installation}-{name}")))
            }
        }
    }
}

/// A throw-away data directory with the stores that its servers use.
#[derive(Debug)]
pub struct Installation {
    folder: TempDir,
    user_store: Option<String>,
    room_store: Option<String>,
}

impl Installation {
    /// As somebody gets it who sets nothing.
    pub fn new() -> anyhow::Result<Self> {
        Self::with_stores(Store::Default, Store::Default)
    }

    /// Users in one store, rooms in another.
    pub fn with_stores(users: Store, rooms: Store) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-")?;
        let user_store = users.url(folder.path(), "users");
        let room_store = rooms.url(folder.path(), "rooms");
        Ok(Self { folder, user_store, room_store })
    }

    /// Users and rooms at these URLs; where there is none, what the program takes when it is not told.
    pub fn with_urls<'a>(users: impl Into<Option<&'a str>>, rooms: impl Into<Option<&'a str>>) -> anyhow::Result<Self> {
        let [user_store, room_store] = [users.into(), rooms.into()].map(|url| url.map(str::to_owned));
        Ok(Self { folder: TempDir::with_prefix("parlour-")?, user_store, room_store })
    }

    /// One store for both.
    pub fn with_one_store(store: Store) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-")?;
        let url = store.url(folder.path(), "everything");
        Ok(Self { folder, user_store: url.clone(), room_store: url })
    }

    /// The program, set to this installation through its environment and to nothing else; without rate limits.
    pub fn program(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(program::path()?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PARLOUR_") {
                command.env_remove(name);
            }
        }
        // Most tests ask more often than anybody may.
        command.env("PARLOUR_RATE_LIMITS", "off");
        command.env_remove("RUST_LOG").env("PARLOUR_DATA_DIR", self.data_dir()).env("PARLOUR_BIND", "127.0.0.1:0");
        command.envs(self.user_store.iter().map(|url| ("PARLOUR_USER_STORE", url)));
        command.envs(self.room_store.iter().map(|url| ("PARLOUR_ROOM_STORE", url)));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        Ok(command)
    }

    /// Starts a server and waits until it says where it listens.
    pub async fn start(&self) -> anyhow::Result<Server> {
        self.start_with(&[]).await
    }

    /// The same with these arguments.
    pub async fn start_with(&self, arguments: &[&str]) -> anyhow::Result<Server> {
        let mut command = self.program()?;
        command.arg("serve").args(arguments);
        Server::start(command, self.log()).await
    }

    /// Starts a server on a disk that is full as soon as any of its files has so many KiB, until
    /// [`Server::get_a_larger_disk`].
    pub async fn start_on_a_small_disk(&self, kib: u64) -> anyhow::Result<Server> {
        let program = self.program()?;
        let mut command = Command::new("sh");
        // Without the signal a write fails as it does on a full disk. The unit of dash is half a KiB.
        let limited = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" serve", 2 * kib);
        command.args(["-c", &limited]).arg(program.get_program()).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Server::start(command, self.log()).await
    }

    /// Runs the program to its end.
    pub async fn run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let (mut printed, mut complaint) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = self.program()?;
        command.args(arguments).stdout(printed.try_clone()?).stderr(complaint.try_clone()?);
        let status = Process::start(&mut command)?.exited().await.with_context(|| format!("{arguments:?}"))?;
        Ok(Output { status, stdout: whole(&mut printed)?, stderr: whole(&mut complaint)? })
    }

    /// Runs an operator's command that must succeed, and reads the JSON that it prints, if it prints any.
    pub async fn operate(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self.run(&[arguments, &["--json"]].concat()).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "parlour {arguments:?}: {}: {complaint}", output.status);
        let printed = output.stdout.trim_ascii();
        if printed.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(printed).context("printed JSON") }
    }

    /// Registers somebody and issues a session for them.
    pub async fn register(&self, username: &str, display_name: &str) -> anyhow::Result<Person> {
        let user = self.operate(&["user", "add", username, "--display-name", display_name]).await?;
        let session = self.operate(&["session", "issue", username]).await?;
        Person::new(&user, &session)
    }

    /// Where the server keeps its data.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What its servers have logged so far.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

/// All that was written to a file, by whomever.
fn whole(file: &mut File) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a log for one more server to write to.
pub(crate) fn append_to(log: &Path) -> anyhow::Result<File> {
    File::options().create(true).append(true).open(log).with_context(|| format!("open {}", log.display()))
}
