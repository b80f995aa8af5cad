//! Giving a participant another role.

use super::change::{ChangeRoomError, RoomChanger};
use crate::{Member, Role, RoomId, UserId};

/// Changes the role of a participant of a group.
pub struct ChangeRole {
    changer: RoomChanger,
}

impl ChangeRole {
    /// Wires the use case.
    #[must_use]
    pub const fn new(changer: RoomChanger) -> Self {
        Self { changer }
    }

    /// Makes `user` a `role` in the room `id` for `by`, and answers them as they are then; the rule is
    /// [`Room::change_role`](crate::Room::change_role). Nothing is written and nobody is told when that is what they are.
    ///
    /// # Errors
    /// [`ChangeRoomError`] says why they are what they were.
    pub async fn execute(&self, by: UserId, id: RoomId, user: UserId, role: Role) -> Result<Member, ChangeRoomError> {
        let changed = self
            .changer
            .apply(by, id, None, |room, change, users| room.change_role(change, by, user, role, users))
            .await?;
        if changed.is_written {
            tracing::info!(room_id = %id, by = %by, user_id = %user, role = role.as_str(), "role changed");
        }
        Ok(changed.member(user)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::tests::{rooms_with_the_club, unwritten, users_know_everyone, waking, wire};
    use super::super::testing::{at, user_id};
    use super::*;
    use crate::port::Committed;
    use crate::room::change_tests::club;
    use crate::{ChangeRefused, Expected, ParticipantChange};

    #[tokio::test]
    async fn a_new_role_is_committed_and_everyone_is_told() {
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().once().returning(|commit| {
            let parts = commit.into_parts();
            assert_eq!(parts.expected, Expected::Revision(club().revision()));
            assert!(matches!(
                parts.participants.as_slice(),
                [ParticipantChange::Removed(_), ParticipantChange::Added(_)]
            ));
            Ok(Committed::AlreadyApplied)
        });
        let change = ChangeRole::new(wire(users_know_everyone(), rooms, waking(&[1, 2, 3, 4])));
        let alice = change.execute(user_id(2), club().id(), user_id(1), Role::Admin).await.unwrap();
        assert_eq!((alice.username.as_str(), alice.role, alice.joined_at), ("alice", Role::Admin, at(5)));
    }

    #[tokio::test]
    async fn who_has_the_role_is_answered_and_nothing_is_written() {
        let change = ChangeRole::new(unwritten());
        let carol = change.execute(user_id(2), club().id(), user_id(3), Role::Admin).await.unwrap();
        assert_eq!((carol.user_id, carol.role), (user_id(3), Role::Admin));
    }

    #[tokio::test]
    async fn what_the_rule_refuses_is_not_written() {
        for (by, user, role, reason) in [
            (1, 1, Role::Admin, ChangeRefused::NotAllowed),
            (3, 4, Role::Member, ChangeRefused::NotAllowed),
            (2, 2, Role::Member, ChangeRefused::OwnerNeeded),
            (2, 6, Role::Admin, ChangeRefused::ParticipantNotFound(user_id(6))),
        ] {
            let refused = ChangeRole::new(unwritten()).execute(user_id(by), club().id(), user_id(user), role).await;
            assert!(matches!(refused, Err(ChangeRoomError::Refused(why)) if why == reason), "{reason}");
        }
    }
}
