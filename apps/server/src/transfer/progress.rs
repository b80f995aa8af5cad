//! How far a copy or a check is, on standard error: a bar where somebody watches, else a line per unit.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use parlour_domain::Unit;

const REDRAWN_EVERY: Duration = Duration::from_millis(200);

/// Shows what is being done.
pub(crate) struct Progress {
    is_watched: bool,
}

impl Progress {
    /// On standard error.
    pub(crate) fn to_stderr() -> Self {
        Self { is_watched: io::stderr().is_terminal() }
    }

    /// Begins with the `total` records of a unit.
    pub(crate) fn begin(&self, doing: &'static str, unit: Unit, total: u64) -> Step {
        if !self.is_watched {
            // Nobody has to read it.
            let _ = writeln!(io::stderr(), "{doing} {unit}: {total} records");
            return Step(None);
        }
        let bar = ProgressBar::new(total).with_message(format!("{doing} {unit}"));
        if let Ok(style) = ProgressStyle::with_template("{msg:32} {bar:40} {human_pos}/{human_len} {eta}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(REDRAWN_EVERY);
        Step(Some(bar))
    }
}

/// One unit on its way; its bar goes when it is dropped.
pub(crate) struct Step(Option<ProgressBar>);

impl Step {
    /// So many more records are done.
    pub(crate) fn advance(&self, records: usize) {
        if let Some(bar) = &self.0 {
            bar.inc(records as u64);
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
