//! A store as what it is made of, so that it can be carried to another engine and checked record by record.

mod mark;
mod record;

use std::fmt;

pub use mark::{ImportMark, ImportStep};
pub use record::{ArchiveKey, ArchiveRecord, InboxHead, SetPolicy};

/// Which half of a store: one store may keep both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Users, their sessions and passkeys, and whom they accept rooms from.
    Users,
    /// Rooms, inboxes, answered requests and applied commits.
    Rooms,
}

impl Side {
    /// Both sides, in the order in which they are carried.
    pub const ALL: [Self; 2] = [Self::Users, Self::Rooms];

    /// The side's name in every store and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Rooms => "rooms",
        }
    }

    /// The side of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.as_str() == name)
    }

    /// What the side is made of, in the order in which it is carried.
    #[must_use]
    pub const fn units(self) -> &'static [Unit] {
        match self {
            Self::Users => &[Unit::Users, Unit::Sessions, Unit::Passkeys, Unit::ContactPolicies, Unit::Blocks],
            Self::Rooms => &[Unit::Rooms, Unit::InboxHeads, Unit::InboxEntries, Unit::Answers, Unit::AppliedCommits],
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A kind of record that a store keeps. Whatever else a store has (pairs, memberships, keys of names) follows from
/// these, and is made anew where they are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// The users, by id.
    Users,
    /// The sessions, by the hash of their token.
    Sessions,
    /// The passkeys, by credential id.
    Passkeys,
    /// What users said about who may open rooms with them, by user.
    ContactPolicies,
    /// Who blocks whom, by both.
    Blocks,
    /// The rooms with their participants, by id.
    Rooms,
    /// Where each inbox begins and ends, by user.
    InboxHeads,
    /// The entries of all inboxes, by user and place.
    InboxEntries,
    /// The answered requests, by caller and key.
    Answers,
    /// The ids of the commits that were applied.
    AppliedCommits,
}

impl Unit {
    /// All units, in the order in which they are carried.
    pub const ALL: [Self; 10] = [
        Self::Users,
        Self::Sessions,
        Self::Passkeys,
        Self::ContactPolicies,
        Self::Blocks,
        Self::Rooms,
        Self::InboxHeads,
        Self::InboxEntries,
        Self::Answers,
        Self::AppliedCommits,
    ];

    /// The unit's name in every store and in what is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Sessions => "sessions",
            Self::Passkeys => "passkeys",
            Self::ContactPolicies => "contact_policies",
            Self::Blocks => "blocks",
            Self::Rooms => "rooms",
            Self::InboxHeads => "inbox_heads",
            Self::InboxEntries => "inbox_entries",
            Self::Answers => "answers",
            Self::AppliedCommits => "applied_commits",
        }
    }

    /// The unit of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == name)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_are_made_of_all_units_in_their_order() {
        let of_sides: Vec<Unit> = Side::ALL.into_iter().flat_map(Side::units).copied().collect();
        assert_eq!(of_sides, Unit::ALL);
        assert!(Unit::ALL.is_sorted());
    }

    #[test]
    fn a_unit_is_found_by_its_name() {
        for unit in Unit::ALL {
            assert_eq!(Unit::from_name(unit.as_str()), Some(unit));
        }
        assert_eq!(Unit::from_name("Users"), None);
        assert_eq!(Side::from_name("rooms"), Some(Side::Rooms));
    }
}
