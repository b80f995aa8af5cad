//! One engine, and the laws that hold on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::workspace::read;

/// One engine, and the laws that hold on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub engine: String,
    /// Its version, as it said itself.
    pub version: String,
    /// The laws that hold.
    pub laws: BTreeSet<String>,
}

impl Column {
    /// The column under that head: a name and, after the last space, a version.
    pub(super) fn headed(head: &str) -> anyhow::Result<Self> {
        let (engine, version) = head.rsplit_once(' ').with_context(|| format!("the column {head} has no version"))?;
        Ok(Self { engine: engine.to_owned(), version: version.to_owned(), laws: BTreeSet::new() })
    }

    /// What runs with `PARLOUR_WRITE_LAWS` have written to that directory.
    pub fn recorded(directory: &Path) -> anyhow::Result<Vec<Self>> {
        let entries = |folder: &Path| -> anyhow::Result<Vec<fs::DirEntry>> {
            let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
            Ok(entries.collect::<Result<_, _>>()?)
        };
        let mut columns = Vec::new();
        for engine in entries(directory)? {
            let (mut laws, mut versions) = (BTreeSet::new(), BTreeSet::new());
            for law in entries(&engine.path())? {
                laws.insert(law.file_name().to_string_lossy().into_owned());
                versions.insert(read(&law.path())?);
            }
            let engine = engine.file_name().to_string_lossy().into_owned();
            anyhow::ensure!(versions.len() == 1, "{engine} ran in the versions {versions:?}");
            columns.push(Self { engine, version: versions.into_iter().collect(), laws });
        }
        Ok(columns)
    }
}
