//! Who is in a room, and as what.

use std::str::FromStr;

use crate::{Timestamp, UserId};

/// The name of no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of owner, admin, member")]
pub struct InvalidRole;

/// What a participant may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Created the room and may delete it.
    Owner,
    /// May bring people into a group and remove members.
    Admin,
    /// Takes part.
    Member,
}

impl Role {
    /// The role's name on the wire and in every store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        [Self::Owner, Self::Admin, Self::Member].into_iter().find(|role| role.as_str() == text).ok_or(InvalidRole)
    }
}

/// A user's part in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participant {
    /// Who it is.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// When they came in.
    pub joined_at: Timestamp,
}

/// What a commit does to one participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParticipantChange {
    /// They come in.
    Added(Participant),
    /// They are out.
    Removed(UserId),
}
