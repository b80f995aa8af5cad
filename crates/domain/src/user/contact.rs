//! Consent: who may open rooms with whom.

use std::str::FromStr;

use crate::{Timestamp, UserId};

/// The name of no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of everyone, shared_rooms, nobody")]
pub struct InvalidContactPolicy;

/// Who may bring a user into a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContactPolicy {
    /// Whoever knows the user's id.
    #[default]
    Everyone,
    /// Those who are in a room with the user already.
    SharedRooms,
    /// No one.
    Nobody,
}

impl ContactPolicy {
    /// All policies, from the most open to the most closed.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::SharedRooms, Self::Nobody];

    /// The policy's name on the wire and in every store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::SharedRooms => "shared_rooms",
            Self::Nobody => "nobody",
        }
    }
}

impl FromStr for ContactPolicy {
    type Err = InvalidContactPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidContactPolicy> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text).ok_or(InvalidContactPolicy)
    }
}

/// That a user wants nothing to do with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Who blocks.
    pub user: UserId,
    /// Who is blocked, and is not told.
    pub blocked: UserId,
    /// Since when.
    pub at: Timestamp,
}

/// How a user stands towards somebody who wants to open a room with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stance {
    /// Whose stance it is.
    pub user: UserId,
    /// What they said about all.
    pub policy: ContactPolicy,
    /// Whether they block that very one.
    pub blocks: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_what_it_prints() {
        for policy in ContactPolicy::ALL {
            assert_eq!(policy.as_str().parse(), Ok(policy));
        }
        assert_eq!("Everyone".parse::<ContactPolicy>(), Err(InvalidContactPolicy));
    }
}
