//! A SurrealDB server for the tests of the remote engine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, anyhow, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::eventually;
use crate::installation::append_to;
use crate::port::free_port;
use crate::process::Process;

/// The name and the password of the user that the server makes for itself.
const ROOT: &str = "root";
/// Another process may take a port between its being found free and its being listened on.
const PORTS_TRIED: u32 = 5;

/// What a server keeps its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In memory: it comes back empty.
    InMemory,
    /// In a directory of its own: it comes back with its data.
    OnDisk,
}

/// Whom a server lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// Those who sign in.
    Locked,
    /// Everybody.
    Open,
}

/// What a server shows who asks for TLS, as PEM files.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A SurrealDB server on the loopback interface; it is killed when dropped, and when the test process ends.
#[derive(Debug)]
pub struct SurrealServer {
    program: PathBuf,
    kept: Kept,
    doors: Doors,
    identity: Option<Identity>,
    folder: TempDir,
    port: u16,
    process: Option<Process>,
}

/// What all tests of one test program share.
static SHARED: OnceLock<Result<SurrealServer, String>> = OnceLock::new();

impl SurrealServer {
    /// Where the server listens that all tests of this process share. It keeps everything in memory, and lets everybody
    /// in, since it takes a server without optimisation seconds to check a password.
    pub async fn shared(program: &'static str) -> anyhow::Result<SocketAddr> {
        let start = move || Runtime::new()?.block_on(Self::start(program, Kept::InMemory, Doors::Open));
        let started = tokio::task::spawn_blocking(move || {
            SHARED.get_or_init(|| start().map_err(|error| format!("{error:#}"))).as_ref().map(Self::address)
        });
        started.await?.map_err(|error| anyhow!("{error}"))
    }

    /// Starts `program` on a free port and waits until it answers.
    ///
    /// Only the tests of this package know where cargo has put it: `env!("CARGO_BIN_EXE_surrealdb-server")`.
    pub async fn start(program: &str, kept: Kept, doors: Doors) -> anyhow::Result<Self> {
        Self::start_as(program, kept, doors, None).await
    }

    /// Starts one that speaks TLS alone, keeps everything in memory and lets everybody in.
    pub async fn start_with_tls(program: &str, identity: Identity) -> anyhow::Result<Self> {
        Self::start_as(program, Kept::InMemory, Doors::Open, Some(identity)).await
    }

    async fn start_as(program: &str, kept: Kept, doors: Doors, identity: Option<Identity>) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-surrealdb-")?;
        let mut server = Self { program: program.into(), kept, doors, identity, folder, port: 0, process: None };
        for _ in 0..PORTS_TRIED {
            server.port = free_port()?;
            if server.start_again().await.is_ok() {
                return Ok(server);
            }
        }
        bail!("the SurrealDB server does not start: {}", std::fs::read_to_string(server.log()).unwrap_or_default())
    }

    /// Starts it on the same port, after it was stopped or killed.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let data = match self.kept {
            Kept::InMemory => "memory".to_owned(),
            Kept::OnDisk => format!("surrealkv://{}?sync=every", self.folder.path().join("data").display()),
        };
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SURREAL_") {
                command.env_remove(name);
            }
        }
        command.args(["start", "--no-banner", "--log", "warn", "--user", ROOT, "--pass", ROOT]);
        if self.doors == Doors::Open {
            command.arg("--unauthenticated");
        }
        if let Some(Identity { certificate, key }) = &self.identity {
            command.arg("--web-crt").arg(certificate).arg("--web-key").arg(key);
        }
        let address = self.address();
        command.args(["--bind", &address.to_string(), &data]);
        command.stdin(Stdio::piped()).stdout(append_to(&self.log())?).stderr(append_to(&self.log())?);
        let process = self.process.insert(Process::start(&mut command)?);
        let has_tls = self.identity.is_some();
        eventually("the SurrealDB server to answer", async || {
            if !process.is_running()? {
                bail!("the SurrealDB server ended at its start");
            }
            let answers = if has_tls {
                TcpStream::connect(address).await.is_ok()
            } else {
                let ready = reqwest::get(format!("http://{address}/ready")).await;
                ready.is_ok_and(|answer| answer.status().is_success())
            };
            Ok(answers.then_some(()))
        })
        .await
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the SurrealDB server runs")?;
        process.ask_to_stop()?;
        process.exited().await.map(drop)
    }

    /// Ends it at once, whatever it is doing (SIGKILL).
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the SurrealDB server runs")?;
        process.kill()?;
        process.exited().await.map(drop)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The URL of a database there, for the user that may do everything.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        surreal_url(self.address(), database)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

/// The URL of a database on the server at `address`, for the user that may do everything.
#[must_use]
pub fn surreal_url(address: SocketAddr, database: &str) -> String {
    format!("ws://{ROOT}:{ROOT}@{address}/tests/{database}")
}
