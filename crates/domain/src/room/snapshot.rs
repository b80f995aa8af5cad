//! A room together with the names of the people in it: what an answer or a notice is made of.

use std::collections::HashMap;

use super::{Participant, Role, Room, RoomKind, RoomName};
use crate::{RoomId, Timestamp, User, UserId};

/// A participant with the names by which other people know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub user_id: UserId,
    /// Their username as text; empty for a user who is gone.
    pub username: String,
    /// Their display name as text; `Deleted user` for a user who is gone.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// When they came in.
    pub joined_at: Timestamp,
}

impl Member {
    /// Joins a participant with the user they are, or with a tombstone when the user is gone.
    #[must_use]
    pub fn of(participant: &Participant, user: Option<&User>) -> Self {
        let Participant { user_id, role, joined_at } = *participant;
        let (username, display_name) = match user {
            Some(user) => (user.username.to_string(), user.display_name.to_string()),
            None => (String::new(), "Deleted user".to_owned()),
        };
        Self { user_id, username, display_name, role, joined_at }
    }
}

/// How a room looked at some instant, seen from nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSnapshot {
    /// Names the room.
    pub room_id: RoomId,
    /// What kind of room it is.
    pub kind: RoomKind,
    /// The room's own name, if it was given one.
    pub name: Option<RoomName>,
    /// Everyone in it, in the order of their user ids.
    pub members: Vec<Member>,
    /// Who created it.
    pub created_by: UserId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When something last happened in it.
    pub updated_at: Timestamp,
}

impl RoomSnapshot {
    /// Joins a room with those of its participants that `users` holds.
    #[must_use]
    pub fn of(room: &Room, users: &HashMap<UserId, &User>) -> Self {
        let member = |participant: &Participant| Member::of(participant, users.get(&participant.user_id).copied());
        Self {
            room_id: room.id(),
            kind: room.kind(),
            name: room.name().cloned(),
            members: room.participants().iter().map(member).collect(),
            created_by: room.created_by(),
            created_at: room.created_at(),
            updated_at: room.updated_at(),
        }
    }

    /// What `reader` calls the room: its own name if it has one, else the display names of the others, joined by `, `
    /// (in a room of two that is the other's display name).
    #[must_use]
    pub fn name_for(&self, reader: UserId) -> String {
        if let Some(name) = &self.name {
            return name.to_string();
        }
        let others = self.members.iter().filter(|member| member.user_id != reader);
        others.map(|member| member.display_name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// A room as one of its participants sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The room.
    pub room: RoomSnapshot,
    /// Who sees it.
    pub reader: UserId,
    /// How many messages the reader has not read.
    pub unread_count: u64,
}

impl RoomView {
    /// The room as `reader` sees it who has read everything in it.
    #[must_use]
    pub const fn all_read(room: RoomSnapshot, reader: UserId) -> Self {
        Self { room, reader, unread_count: 0 }
    }

    /// What the reader calls the room, see [`RoomSnapshot::name_for`].
    #[must_use]
    pub fn name(&self) -> String {
        self.room.name_for(self.reader)
    }
}

#[cfg(test)]
mod tests {
    use crate::room::open::tests::{direct_room, group_room, named_group_room, user, user_id};

    #[test]
    fn in_a_room_of_two_each_calls_it_by_the_other() {
        let snapshot = direct_room().snapshot(&[user(1, "alice"), user(2, "bobby")]);
        assert_eq!(snapshot.name_for(user_id(1)), "bobby");
        assert_eq!(snapshot.name_for(user_id(2)), "alice");
    }

    #[test]
    fn a_group_is_called_by_its_own_name_or_by_the_others() {
        let users = [user(1, "alice"), user(2, "bobby"), user(3, "carol")];
        assert_eq!(group_room().snapshot(&users).name_for(user_id(2)), "alice, carol");
        assert_eq!(named_group_room().snapshot(&users).name_for(user_id(2)), "Tea");
    }

    #[test]
    fn a_user_who_is_gone_leaves_a_tombstone() {
        let snapshot = direct_room().snapshot(&[user(1, "alice")]);
        assert_eq!(snapshot.name_for(user_id(1)), "Deleted user");
        assert_eq!(snapshot.members[1].username, "");
    }
}
