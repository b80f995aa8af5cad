//! Who is in a room, and as what.

use std::str::FromStr;

use crate::{Timestamp, UserId};

/// The name of no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of owner, admin, member")]
pub struct InvalidRole;

/// What a participant may do; the order runs from the highest rank to the lowest.
///
/// A group has one owner. See [`Room`](super::Room) for who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May do everything, and alone may delete the room and say who is an admin: its creator, until they hand it over
    /// or leave.
    Owner,
    /// May bring people into a group, remove members and name the group.
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

    /// Whether somebody of this role stands above somebody of the `other`.
    #[must_use]
    pub fn outranks(self, other: Self) -> bool {
        self < other
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
///
/// A store takes out everyone who is removed before it lets in anyone who is added. Somebody who is removed **and** added
/// in one commit is a participant who changed: they are in the room as they were added, and nothing is left of what they
/// were. Whoever a commit does not name stays as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParticipantChange {
    /// They come in.
    Added(Participant),
    /// They are out.
    Removed(UserId),
}
