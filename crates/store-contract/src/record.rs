//! Writing down which laws hold on which engine, for the table in `docs/stores.md`.

use std::path::PathBuf;
use std::{env, fs, io};

use crate::{Engine, Harness};

/// The variable that names the directory to write to: in it a directory for each engine, in that a file for each law
/// that holds, and in that the version of the engine. No two tests write the same file, unless they say the same.
pub const WRITE_LAWS: &str = "PARLOUR_WRITE_LAWS";

/// Where a law that holds is written down, if it is.
pub(crate) struct Record(Option<(PathBuf, Engine)>);

impl Record {
    pub(crate) async fn of<H: Harness>(store: &H) -> Self {
        match env::var_os(WRITE_LAWS) {
            Some(directory) => Self(Some((directory.into(), store.engine().await))),
            None => Self(None),
        }
    }

    pub(crate) fn write(self, law: &str) -> io::Result<()> {
        let Some((directory, Engine { name, version })) = self.0 else { return Ok(()) };
        let directory = directory.join(name);
        fs::create_dir_all(&directory)?;
        fs::write(directory.join(law), version)
    }
}
