//! A PostgreSQL server of a test's own, which may be stopped and started as the test likes.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::eventually;
use crate::port::free_port;
use crate::process::Process;

const FOLDER_OF_PROGRAMS: &str = "PARLOUR_TEST_POSTGRES_BIN";
const WHERE_DEBIAN_HAS_THEM: &str = "/usr/lib/postgresql/15/bin";

/// It refuses to run as root; the package makes this user for it.
const USER: &str = "postgres";

/// How a server is told to stop (PostgreSQL, "Shutting Down the Server").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Aborts what is being done and closes every connection properly.
    Fast,
    /// Drops everything at once; the next start recovers as after a crash.
    Immediate,
}

/// A private cluster; its server is killed, and all of it removed, when dropped.
#[derive(Debug)]
pub struct Postgres {
    server: Option<Process>,
    port: u16,
    folder: TempDir,
}

impl Postgres {
    /// Makes a cluster with these databases and starts its server.
    pub async fn start(databases: &[&str]) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-postgres-")?;
        if is_root() {
            chown(folder.path(), Some(id_of(USER, "-u")?), Some(id_of(USER, "-g")?))?;
        }
        let mut cluster = Self { server: None, port: free_port()?, folder };
        let mut initdb = cluster.program("initdb")?;
        initdb.args(["--no-sync", "--auth", "trust", "--username", USER, "--encoding", "UTF8", "--no-locale"]);
        cluster.run(initdb.arg("--pgdata").arg(cluster.data())).await?;
        cluster.resume().await?;
        for name in databases {
            let mut createdb = cluster.program("createdb")?;
            let port = cluster.port.to_string();
            createdb.args(["--host", "127.0.0.1", "--port", &port, "--username", USER, name]);
            cluster.run(&mut createdb).await?;
        }
        Ok(cluster)
    }

    /// Where one of its databases is.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.url_behind(self.port, database)
    }

    /// Where one of its databases is for whoever goes through this port of this machine.
    #[must_use]
    pub fn url_behind(&self, port: u16, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{port}/{database}")
    }

    /// The port that it listens on while it runs.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server and waits until it has.
    pub async fn stop(&mut self, how: Shutdown) -> anyhow::Result<()> {
        let mut server = self.server.take().context("the server runs")?;
        server.signal(match how {
            Shutdown::Fast => "INT",
            Shutdown::Immediate => "QUIT",
        })?;
        server.exited().await.map(drop)
    }

    /// Starts the server again and waits until it takes connections.
    pub async fn resume(&mut self) -> anyhow::Result<()> {
        let port = self.port.to_string();
        let mut postgres = self.program("postgres")?;
        postgres.arg("-D").arg(self.data()).args(["-p", &port, "-k", "", "-c", "listen_addresses=127.0.0.1"]);
        // The machine itself does not lose power in a test; what is written outlives any process all the same.
        postgres.args(["-c", "fsync=off", "-c", "shared_buffers=16MB"]);
        let log = self.log()?;
        let server = self.server.insert(Process::start(postgres.stdout(log.try_clone()?).stderr(log))?);
        let is_ready = async || {
            ensure!(server.is_running()?, "the server ended at its start");
            let mut asking = program("pg_isready")?;
            let asked = asking.args(["--quiet", "--host", "127.0.0.1", "--port", &port]).status()?;
            Ok(asked.success().then_some(()))
        };
        let started = eventually("PostgreSQL to take connections", is_ready).await;
        started.with_context(|| self.said())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> anyhow::Result<File> {
        Ok(File::options().create(true).append(true).open(self.folder.path().join("log"))?)
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn program(&self, name: &str) -> anyhow::Result<Command> {
        let mut command = program(name)?;
        command.current_dir(self.folder.path());
        Ok(command)
    }

    /// Runs one of the programs to its end, which must be a good one.
    async fn run(&self, command: &mut Command) -> anyhow::Result<()> {
        let log = self.log()?;
        let status = Process::start(command.stdout(log.try_clone()?).stderr(log))?.exited().await?;
        ensure!(status.success(), "{command:?}: {status}: {}", self.said());
        Ok(())
    }
}

/// One of PostgreSQL's programs, run as a user that it accepts.
fn program(name: &str) -> anyhow::Result<Command> {
    let folder =
        std::env::var_os(FOLDER_OF_PROGRAMS).map_or_else(|| PathBuf::from(WHERE_DEBIAN_HAS_THEM), PathBuf::from);
    let path = folder.join(name);
    ensure!(path.is_file(), "PostgreSQL is not at {}; {FOLDER_OF_PROGRAMS} names its programs' folder", path.display());
    let mut command = if is_root() {
        let mut as_user = Command::new("setpriv");
        as_user.args(["--reuid", USER, "--regid", USER, "--init-groups", "--"]).arg(path);
        as_user
    } else {
        Command::new(path)
    };
    command.stdin(Stdio::null());
    Ok(command)
}

fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0)
}

fn id_of(user: &str, which: &str) -> anyhow::Result<u32> {
    let output = Command::new("id").args([which, user]).output().context("run id")?;
    ensure!(output.status.success(), "there is no user {user} to run PostgreSQL as: {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
