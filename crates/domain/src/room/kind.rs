//! The kinds of rooms.

use crate::{Timestamp, UserId};

/// What kind of room it is, with what only that kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    /// The one room of two users.
    Direct,
    /// A room of 2 to 256 users.
    Group,
    /// A room of 2 to 256 users that is gone at an instant.
    Ephemeral {
        /// From this instant on the room does not exist.
        expires_at: Timestamp,
    },
}

impl RoomKind {
    /// The instant from which the room does not exist, for a kind that has one.
    #[must_use]
    pub const fn expires_at(self) -> Option<Timestamp> {
        match self {
            Self::Direct | Self::Group => None,
            Self::Ephemeral { expires_at } => Some(expires_at),
        }
    }

    /// The kind's name on the wire and in every store: `direct`, `group` or `ephemeral`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Ephemeral { .. } => "ephemeral",
        }
    }

    /// The kind that [`as_str`](Self::as_str) and [`expires_at`](Self::expires_at) were taken from; `None` when the two
    /// do not belong together or the name is unknown.
    #[must_use]
    pub fn from_parts(name: &str, expires_at: Option<Timestamp>) -> Option<Self> {
        match (name, expires_at) {
            ("direct", None) => Some(Self::Direct),
            ("group", None) => Some(Self::Group),
            ("ephemeral", Some(expires_at)) => Some(Self::Ephemeral { expires_at }),
            _ => None,
        }
    }
}

/// An unordered pair of users: the key under which a direct room is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectPair {
    low: UserId,
    high: UserId,
}

impl DirectPair {
    /// The pair of `one` and `other`, whichever comes first.
    #[must_use]
    pub fn new(one: UserId, other: UserId) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// The user with the lower id.
    #[must_use]
    pub const fn low(self) -> UserId {
        self.low
    }

    /// The user with the higher id.
    #[must_use]
    pub const fn high(self) -> UserId {
        self.high
    }
}
