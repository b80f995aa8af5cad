//! The stored form of everything: one module per table, with the way to the domain and back.
#![expect(unreachable_pub, reason = "seaorm derives a public entity, and its model must not be less public")]

pub(crate) mod answer;
pub(crate) mod applied_commit;
pub(crate) mod block;
pub(crate) mod ceremony;
pub(crate) mod contact_policy;
pub(crate) mod event;
mod expired;
pub(crate) mod import_mark;
pub(crate) mod inbox_entry;
pub(crate) mod inbox_head;
pub(crate) mod participant;
pub(crate) mod passkey;
pub(crate) mod room;
pub(crate) mod session;
pub(crate) mod user;

use parlour_domain::port::Source;

/// A stored row that is no value of the domain.
#[derive(Debug, thiserror::Error)]
#[error("stored {what} is no valid one: {source}")]
pub struct CorruptRow {
    what: String,
    source: Source,
}

impl CorruptRow {
    pub(crate) fn new(what: impl Into<String>, source: impl Into<Source>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}

/// SQL has no unsigned 64-bit integer that all engines share.
pub(crate) fn unsigned(n: i64) -> Result<u64, Source> {
    Ok(u64::try_from(n)?)
}

/// No counter gets that far.
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
