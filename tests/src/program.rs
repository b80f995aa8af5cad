//! The program under test, built from the checkout as it is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, anyhow, ensure};
use cargo_metadata::Message;

use crate::workspace;

static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();

/// Where the program `parlour` is. Cargo is asked once a test process, so it is never stale and never missing.
pub(crate) fn path() -> anyhow::Result<&'static Path> {
    let built = PROGRAM.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("build the program: {error}"))
}

/// Builds the program into the target directory and profile of the running test.
///
/// The whole workspace and one of its tests are selected, so that cargo unifies features as `cargo test --workspace`
/// does: whoever ran that finds everything built already.
fn build() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let tagged = test.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    // Cargo does not tag a directory that was there before it came.
    let target = tagged.or_else(|| test.ancestors().nth(3));
    let target = target.context("the test lies in a target directory")?;
    let profile =
        test.ancestors().nth(2).and_then(Path::file_name).context("the test lies in a profile's directory")?;
    let profile = if profile == "debug" { OsStr::new("dev") } else { profile };

    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace::root()).stdin(Stdio::null());
    cargo.args(["build", "--workspace", "--bin", "parlour", "--test", "architecture"]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    cargo.arg("--target-dir").arg(target).arg("--profile").arg(profile);
    forget_the_running_package(&mut cargo);
    let output = cargo.output().context("run cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    executable_in(&output.stdout)
}

/// Build scripts that watch these variables would run again.
fn forget_the_running_package(cargo: &mut Command) {
    const OWN: [&str; 5] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    for (name, _) in std::env::vars_os() {
        if OWN.iter().any(|own| name.to_string_lossy().starts_with(own)) {
            cargo.env_remove(name);
        }
    }
}

fn executable_in(messages: &[u8]) -> anyhow::Result<PathBuf> {
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message?
            && artifact.target.is_bin()
            && artifact.target.name == "parlour"
            && let Some(executable) = artifact.executable
        {
            return Ok(executable.into());
        }
    }
    Err(anyhow!("cargo did not say where the program is"))
}
