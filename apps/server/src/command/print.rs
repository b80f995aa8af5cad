//! What commands answer on standard output.

use std::io::{self, Write};

use serde::Serialize;

/// Prints lines; a reader who went away is no failure.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn lines<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        match writeln!(out, "{}", line.as_ref()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            other => other?,
        }
    }
    Ok(out.flush()?)
}

/// Prints a value as JSON, indented.
///
/// # Errors
/// When standard output can't be written.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    lines([serde_json::to_string_pretty(value)?])
}
