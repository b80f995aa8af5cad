//! What happens to a call, and how everybody recovers from it.

use std::fmt;

/// What happens to one call of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails before its effect, and says so.
    FailsBefore,
    /// So does every later call of that port, until the request is over.
    FailsBeforeForLong,
    /// It fails after its effect: a write has an unknown outcome, what was read is lost.
    FailsAfter,
    /// So does every later call of that method, until the request is over.
    FailsAfterForLong,
    /// It fails after its effect, and every later call of that port fails before its own.
    FailsAfterAndThePortIsGone,
    /// Its effect comes late: after something else.
    DelayedBefore(Meanwhile),
    /// Its answer comes late: after something else.
    DelayedAfter(Meanwhile),
    /// The request is dropped when the call has not begun.
    DroppedBefore,
    /// The request is dropped when the call has begun and was not looked at again.
    DroppedWhile,
    /// The request is dropped when the call has its answer.
    DroppedAfter,
}

/// What else happens while a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// The client asks for the same once more, and gets to the same node.
    TheSameRequestHere,
    /// The client asks for the same once more, and gets to another node.
    TheSameRequestElsewhere,
    /// Somebody else changes what the request is about.
    AConflictingChange,
}

impl Fault {
    pub(crate) const ALL: [Self; 14] = [
        Self::FailsBefore,
        Self::FailsBeforeForLong,
        Self::FailsAfter,
        Self::FailsAfterForLong,
        Self::FailsAfterAndThePortIsGone,
        Self::DelayedBefore(Meanwhile::TheSameRequestHere),
        Self::DelayedBefore(Meanwhile::TheSameRequestElsewhere),
        Self::DelayedBefore(Meanwhile::AConflictingChange),
        Self::DelayedAfter(Meanwhile::TheSameRequestHere),
        Self::DelayedAfter(Meanwhile::TheSameRequestElsewhere),
        Self::DelayedAfter(Meanwhile::AConflictingChange),
        Self::DroppedBefore,
        Self::DroppedWhile,
        Self::DroppedAfter,
    ];

    /// What else happens, for a call that is held.
    pub(crate) const fn meanwhile(self) -> Option<Meanwhile> {
        match self {
            Self::DelayedBefore(meanwhile) | Self::DelayedAfter(meanwhile) => Some(meanwhile),
            _ => None,
        }
    }

    /// Whether an engine may still be at work on a call when its caller is gone.
    pub(crate) const fn leaves_work_behind(self) -> bool {
        matches!(self, Self::DroppedWhile)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FailsBefore => out.write_str("fails before its effect"),
            Self::FailsBeforeForLong => out.write_str("fails before its effect, and so does the port from then on"),
            Self::FailsAfter => out.write_str("fails after its effect"),
            Self::FailsAfterForLong => out.write_str("fails after its effect, each time it is called"),
            Self::FailsAfterAndThePortIsGone => out.write_str("fails after its effect, and then the port is gone"),
            Self::DelayedBefore(meanwhile) => write!(out, "has its effect only after {meanwhile}"),
            Self::DelayedAfter(meanwhile) => write!(out, "is answered only after {meanwhile}"),
            Self::DroppedBefore => out.write_str("is dropped before it begins"),
            Self::DroppedWhile => out.write_str("is dropped while it is awaited"),
            Self::DroppedAfter => out.write_str("is dropped with its answer"),
        }
    }
}

impl fmt::Display for Meanwhile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TheSameRequestHere => "the same request was made here",
            Self::TheSameRequestElsewhere => "the same request was made on another node",
            Self::AConflictingChange => "somebody else changed what it is about",
        })
    }
}

/// Who repeats what first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// The client repeats its request; the very same writes arrive once more after that.
    TheRequestFirst,
    /// The very same writes arrive once more; the client repeats its request after that.
    TheWritesFirst,
}

impl Recovery {
    pub(crate) const ALL: [Self; 2] = [Self::TheRequestFirst, Self::TheWritesFirst];
}

impl fmt::Display for Recovery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TheRequestFirst => "then the request is repeated, then its writes",
            Self::TheWritesFirst => "then its writes are repeated, then the request",
        })
    }
}
