//! How long what is asked of a server may take.

use std::time::Duration;

use tokio::time::Instant;

use crate::connect::Purpose;

/// The limits of a pool's connections; `None` is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How long the server gives a statement: less than we do, so that we hear why.
    pub(super) said_to_server: Option<Duration>,
    /// How long a statement may take, COMMIT included.
    pub(super) statement: Option<Duration>,
    /// How long all statements of a transaction together may take. COMMIT has a time of its own.
    pub(super) transaction: Option<Duration>,
}

impl Limits {
    /// Those of a store that is asked by requests, which give up themselves.
    pub(crate) const SERVING: Self = Self {
        said_to_server: Some(Duration::from_secs(4)),
        statement: Some(Duration::from_secs(5)),
        transaction: Some(Duration::from_secs(10)),
    };

    /// Counting a large table takes as long as it takes, and nobody waits behind it but the operator.
    const COPYING: Self = Self { said_to_server: None, statement: None, transaction: None };

    pub(super) const fn of(purpose: Purpose, serving: Self) -> Self {
        match purpose {
            Purpose::Use => serving,
            Purpose::Copy => Self::COPYING,
        }
    }

    /// The server's limit as it is told; 0 is none.
    pub(super) fn milliseconds_of_server(self) -> u128 {
        self.said_to_server.map_or(0, |limit| limit.as_millis())
    }
}

/// The end of a span that begins now.
pub(super) fn until(span: Option<Duration>) -> Option<Instant> {
    span.map(|span| Instant::now() + span)
}
