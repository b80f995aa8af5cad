//! Giving a group another name.

use super::change::{ChangeRoomError, RoomChanger};
use crate::{RoomId, RoomName, RoomView, UserId};

/// Renames a group.
pub struct RenameRoom {
    changer: RoomChanger,
}

impl RenameRoom {
    /// Wires the use case.
    #[must_use]
    pub const fn new(changer: RoomChanger) -> Self {
        Self { changer }
    }

    /// Gives the room `id` this name for `by`, or takes its name away, and answers it as `by` sees it then; the rule is
    /// [`Room::rename`](crate::Room::rename). Nothing is written and nobody is told when that is what it is called.
    ///
    /// # Errors
    /// [`ChangeRoomError`] says why it is called what it was.
    pub async fn execute(&self, by: UserId, id: RoomId, name: Option<RoomName>) -> Result<RoomView, ChangeRoomError> {
        let changed = self
            .changer
            .apply(by, id, None, |room, change, users| room.rename(change, by, name.clone(), users))
            .await?;
        if changed.is_written {
            tracing::info!(room_id = %id, by = %by, "room renamed");
        }
        Ok(RoomView::all_read(changed.room.snapshot(&changed.users), by))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::tests::{rooms_with_the_club, unwritten, users_know_everyone, waking, wire};
    use super::super::testing::{NOW, at, user_id};
    use super::*;
    use crate::ChangeRefused;
    use crate::port::Committed;
    use crate::room::change_tests::club;

    fn chess() -> Option<RoomName> {
        RoomName::parse("Chess").ok()
    }

    #[tokio::test]
    async fn a_new_name_is_committed_and_everyone_is_told() {
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().once().returning(|commit| {
            let parts = commit.into_parts();
            assert_eq!((parts.room.name(), parts.participants), (chess().as_ref(), Vec::new()));
            Ok(Committed::AlreadyApplied)
        });
        let rename = RenameRoom::new(wire(users_know_everyone(), rooms, waking(&[1, 2, 3, 4])));
        let view = rename.execute(user_id(3), club().id(), chess()).await.unwrap();
        assert_eq!((view.name().as_str(), view.reader, view.room.updated_at), ("Chess", user_id(3), at(NOW)));
    }

    #[tokio::test]
    async fn the_room_that_is_called_so_is_answered_and_nothing_is_written() {
        let view = RenameRoom::new(unwritten()).execute(user_id(2), club().id(), None).await.unwrap();
        assert_eq!(view.name(), "alice, carol, doris");
    }

    #[tokio::test]
    async fn a_member_renames_nothing() {
        let refused = RenameRoom::new(unwritten()).execute(user_id(1), club().id(), chess()).await;
        assert!(matches!(refused, Err(ChangeRoomError::Refused(ChangeRefused::NotAllowed))));
    }
}
