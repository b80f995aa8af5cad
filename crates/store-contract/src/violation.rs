//! What a store did against the contract.

use std::error::Error;
use std::fmt::Debug;

use crate::trail;

/// A MUST of a port that a store did not keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{port} MUST {must}\n      law: {law}\n     when: {when}\n expected: {expected}\n     seen: {seen}")]
pub struct Violation {
    /// The port and the method, as in `RoomRepo::commit`.
    pub port: &'static str,
    /// The name of the law.
    pub law: &'static str,
    /// What the port demands.
    pub must: &'static str,
    /// What the law had done.
    pub when: String,
    /// What a store that keeps the law shows then.
    pub expected: String,
    /// What this store showed.
    pub seen: String,
}

/// What a law holds a store to; every check of the law goes through it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Must {
    port: &'static str,
    law: &'static str,
    must: &'static str,
}

impl Must {
    /// What the law that begins here holds a store to.
    pub(crate) fn of(port: &'static str, law: &'static str, must: &'static str) -> Self {
        let must = Self { port, law, must };
        trail::begin(must);
        must
    }

    /// A law that stopped before it said what it is about.
    pub(crate) const fn unnamed() -> Self {
        Self { port: "a port", law: "unnamed", must: "answer" }
    }

    pub(crate) fn broken(&self, when: &str, expected: impl Into<String>, seen: impl Into<String>) -> Violation {
        let Self { port, law, must } = *self;
        Violation { port, law, must, when: when.to_owned(), expected: expected.into(), seen: seen.into() }
    }

    /// The operation has to succeed.
    pub(crate) fn succeed<T, E: Error + 'static>(&self, when: &str, outcome: Result<T, E>) -> Result<T, Violation> {
        trail::pass(when);
        outcome.map_err(|error| self.broken(when, "success", chain(&error)))
    }

    pub(crate) fn hold(&self, when: &str, holds: bool, expected: &str, seen: &dyn Debug) -> Result<(), Violation> {
        trail::pass(when);
        if holds { Ok(()) } else { Err(self.broken(when, expected, excerpt(&format!("{seen:?}"), 0))) }
    }

    pub(crate) fn equal<T: PartialEq + Debug + ?Sized>(
        &self,
        when: &str,
        expected: &T,
        seen: &T,
    ) -> Result<(), Violation> {
        trail::pass(when);
        if expected == seen {
            return Ok(());
        }
        let (expected, seen) = (format!("{expected:?}"), format!("{seen:?}"));
        let same = expected.chars().zip(seen.chars()).take_while(|(one, other)| one == other).count();
        Err(self.broken(when, excerpt(&expected, same), excerpt(&seen, same)))
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |&error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A room of 256 fills pages; what matters is around the first difference.
fn excerpt(text: &str, difference: usize) -> String {
    const BEFORE: usize = 200;
    const LONGEST: usize = 600;
    let start = difference.saturating_sub(BEFORE);
    let shown: String = text.chars().skip(start).take(LONGEST).collect();
    let is_cut = text.chars().nth(start + LONGEST).is_some();
    format!("{}{shown}{}", if start > 0 { "... " } else { "" }, if is_cut { " ..." } else { "" })
}
