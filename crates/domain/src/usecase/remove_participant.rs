//! Leaving a group, and removing somebody from one.

use super::change::{ChangeRoomError, RoomChanger};
use crate::{RoomId, UserId};

/// Takes a user out of a group.
pub struct RemoveParticipant {
    changer: RoomChanger,
}

impl RemoveParticipant {
    /// Wires the use case.
    #[must_use]
    pub const fn new(changer: RoomChanger) -> Self {
        Self { changer }
    }

    /// Takes `user` out of the room `id` for `by`, who leaves when that is themselves; the rule is
    /// [`Room::remove_participant`](crate::Room::remove_participant).
    ///
    /// # Errors
    /// [`ChangeRoomError`] says why they are still in.
    pub async fn execute(&self, by: UserId, id: RoomId, user: UserId) -> Result<(), ChangeRoomError> {
        let removed = self
            .changer
            .apply(by, id, None, |room, change, users| room.remove_participant(change, by, user, users).map(Some));
        removed.await?;
        tracing::info!(room_id = %id, by = %by, user_id = %user, "participant removed");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::tests::{rooms_with_the_club, unwritten, users_know_everyone, waking, wire};
    use super::super::testing::user_id;
    use super::*;
    use crate::port::Committed;
    use crate::room::change_tests::club;
    use crate::{ChangeRefused, Expected, ParticipantChange};

    #[tokio::test]
    async fn who_leaves_or_is_removed_is_out_and_everyone_is_told_they_too() {
        for by in [1, 3] {
            let mut rooms = rooms_with_the_club();
            rooms.expect_commit().once().returning(|commit| {
                let parts = commit.into_parts();
                assert_eq!(parts.expected, Expected::Revision(club().revision()));
                assert_eq!(parts.participants, [ParticipantChange::Removed(user_id(1))]);
                Ok(Committed::AlreadyApplied)
            });
            let remove = RemoveParticipant::new(wire(users_know_everyone(), rooms, waking(&[1, 2, 3, 4])));
            remove.execute(user_id(by), club().id(), user_id(1)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_the_rule_refuses_is_not_written() {
        for (by, user, reason) in [
            (1, 3, ChangeRefused::NotAllowed),
            (3, 2, ChangeRefused::NotAllowed),
            (3, 4, ChangeRefused::NotAllowed),
            (2, 6, ChangeRefused::ParticipantNotFound(user_id(6))),
        ] {
            let refused = RemoveParticipant::new(unwritten()).execute(user_id(by), club().id(), user_id(user)).await;
            assert!(matches!(refused, Err(ChangeRoomError::Refused(why)) if why == reason), "{reason}");
        }
    }
}
