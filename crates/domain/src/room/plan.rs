//! What a creator asks for, checked before anything is loaded.

use std::collections::HashSet;
use std::time::Duration;

use super::RoomName;
use crate::UserId;

/// Why a list of users cannot be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInvitees {
    /// Nobody is on it.
    #[error("must name at least 1 user")]
    Empty,
    /// More people than a room holds besides its creator.
    #[error("must name at most {} users", Invitees::MOST)]
    TooMany,
    /// The creator is on it.
    #[error("must not name the creator")]
    Creator,
    /// The same user is on it twice.
    #[error("must not name a user twice: {0}")]
    Duplicate(UserId),
}

/// The users that a creator wants in a room: 1 to 255, each once, the creator not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitees(Vec<UserId>);

impl Invitees {
    /// How many users a room holds besides its creator.
    pub const MOST: usize = 255;

    /// Checks the list that `creator` gave.
    ///
    /// # Errors
    /// [`InvalidInvitees`] says what is wrong with it.
    pub fn parse(creator: UserId, users: Vec<UserId>) -> Result<Self, InvalidInvitees> {
        if users.is_empty() {
            return Err(InvalidInvitees::Empty);
        }
        if users.len() > Self::MOST {
            return Err(InvalidInvitees::TooMany);
        }
        if users.contains(&creator) {
            return Err(InvalidInvitees::Creator);
        }
        let mut seen = HashSet::with_capacity(users.len());
        if let Some(&twice) = users.iter().find(|user| !seen.insert(**user)) {
            return Err(InvalidInvitees::Duplicate(twice));
        }
        Ok(Self(users))
    }

    /// The users, in the order in which they were given.
    #[must_use]
    pub fn ids(&self) -> &[UserId] {
        &self.0
    }
}

/// The number of seconds is not a lifetime of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to {} seconds", Ttl::SHORTEST, Ttl::LONGEST)]
pub struct InvalidTtl;

/// How long an ephemeral room exists: 60 seconds to 30 days, one day by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ttl(Duration);

impl Ttl {
    const SHORTEST: u64 = 60;
    const LONGEST: u64 = 30 * 24 * 60 * 60;

    /// Reads a number of seconds.
    ///
    /// # Errors
    /// [`InvalidTtl`] when it is out of range.
    pub fn parse(seconds: i64) -> Result<Self, InvalidTtl> {
        let seconds = u64::try_from(seconds).map_err(|_| InvalidTtl)?;
        if !(Self::SHORTEST..=Self::LONGEST).contains(&seconds) {
            return Err(InvalidTtl);
        }
        Ok(Self(Duration::from_secs(seconds)))
    }

    /// The lifetime.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        self.0
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self(Duration::from_secs(24 * 60 * 60))
    }
}

/// The plan is for a kind of room that does not fit the people in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must name exactly 1 user for a direct room")]
pub struct InvalidPlan;

/// The room that a creator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomPlan {
    invitees: Invitees,
    kind: PlannedKind,
    name: Option<RoomName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlannedKind {
    Direct,
    Group,
    Ephemeral(Ttl),
}

impl RoomPlan {
    /// The direct room with one other user.
    ///
    /// # Errors
    /// [`InvalidPlan`] when `invitees` are more than one.
    pub fn direct(invitees: Invitees) -> Result<Self, InvalidPlan> {
        if invitees.ids().len() != 1 {
            return Err(InvalidPlan);
        }
        Ok(Self { invitees, kind: PlannedKind::Direct, name: None })
    }

    /// A group, with a name of its own or without one.
    #[must_use]
    pub const fn group(invitees: Invitees, name: Option<RoomName>) -> Self {
        Self { invitees, kind: PlannedKind::Group, name }
    }

    /// A room that is gone after `ttl`.
    #[must_use]
    pub const fn ephemeral(invitees: Invitees, name: Option<RoomName>, ttl: Ttl) -> Self {
        Self { invitees, kind: PlannedKind::Ephemeral(ttl), name }
    }

    /// Who shall be in the room besides its creator.
    #[must_use]
    pub const fn invitees(&self) -> &Invitees {
        &self.invitees
    }

    /// The other user of a direct room; `None` for other kinds.
    #[must_use]
    pub fn direct_peer(&self) -> Option<UserId> {
        match (self.kind, self.invitees.ids()) {
            (PlannedKind::Direct, [peer]) => Some(*peer),
            _ => None,
        }
    }

    pub(super) const fn kind(&self) -> PlannedKind {
        self.kind
    }

    pub(super) const fn name(&self) -> Option<&RoomName> {
        self.name.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::open::tests::user_id;

    #[test]
    fn a_room_holds_256_people() {
        let everyone: Vec<UserId> = (1..=255).map(user_id).collect();
        assert!(Invitees::parse(user_id(0), everyone.clone()).is_ok());
        let one_more = everyone.into_iter().chain([user_id(256)]).collect();
        assert_eq!(Invitees::parse(user_id(0), one_more), Err(InvalidInvitees::TooMany));
    }

    #[test]
    fn nobody_the_creator_and_anyone_twice_are_refused() {
        assert_eq!(Invitees::parse(user_id(0), vec![]), Err(InvalidInvitees::Empty));
        assert_eq!(Invitees::parse(user_id(0), vec![user_id(1), user_id(0)]), Err(InvalidInvitees::Creator));
        assert_eq!(
            Invitees::parse(user_id(0), vec![user_id(1), user_id(2), user_id(1)]),
            Err(InvalidInvitees::Duplicate(user_id(1)))
        );
    }

    #[test]
    fn a_lifetime_is_between_a_minute_and_thirty_days() {
        for seconds in [60, 86_400, 2_592_000] {
            assert!(Ttl::parse(seconds).is_ok(), "{seconds}");
        }
        for seconds in [i64::MIN, -1, 0, 59, 2_592_001, i64::MAX] {
            assert_eq!(Ttl::parse(seconds), Err(InvalidTtl), "{seconds}");
        }
        assert_eq!(Ttl::default(), Ttl::parse(86_400).unwrap());
    }

    #[test]
    fn a_direct_room_is_for_one_other_user() {
        let two = Invitees::parse(user_id(0), vec![user_id(1), user_id(2)]).unwrap();
        assert_eq!(RoomPlan::direct(two), Err(InvalidPlan));
    }
}
