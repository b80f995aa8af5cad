//! The rule of a new name.

use super::{Change, ChangeRefused, Role, Room, RoomCommit, RoomEventKind, RoomName};
use crate::{User, UserId};

impl Room {
    /// Decides whether `by` may give the room this name, or take its name away, and what that writes; `None` when that is
    /// what it is called.
    ///
    /// The owner and the admins may, and everyone in the room hears of it. `users` are those of the participants that the
    /// user store holds.
    ///
    /// # Errors
    /// [`ChangeRefused`] when `by` may not.
    pub fn rename(
        &self,
        change: Change,
        by: UserId,
        name: Option<RoomName>,
        users: &[User],
    ) -> Result<Option<RoomCommit>, ChangeRefused> {
        if self.role_of(by, &change)? == Role::Member {
            return Err(ChangeRefused::NotAllowed);
        }
        if self.name == name {
            return Ok(None);
        }
        let after = Self { name, ..self.with_participants(&change, self.participants.clone()) };
        let told = vec![(RoomEventKind::Updated(after.snapshot(users)), self.everyone())];
        Ok(Some(self.changed(&change, after, Vec::new(), told)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{change, club, users};
    use super::*;
    use crate::room::open::tests::{at, direct_room, ephemeral_room, named_group_room, user_id};
    use crate::{CommitParts, Expected, Fate};

    fn rename(room: &Room, by: u128, name: Option<&str>) -> Result<Option<RoomCommit>, ChangeRefused> {
        room.rename(change(9), user_id(by), name.map(|name| RoomName::parse(name).unwrap()), &users())
    }

    #[test]
    fn a_group_has_its_new_name_and_everyone_hears_of_it() {
        let room = club();
        let commit = rename(&room, 3, Some("Chess")).unwrap().unwrap();
        let CommitParts { id, room: after, expected, fate, participants, events, idempotency } = commit.into_parts();
        assert_eq!((id, expected, fate), (change(9).commit_id, Expected::Revision(room.revision()), Fate::Kept));
        assert_eq!((participants, idempotency), (Vec::new(), None));
        assert_eq!(after.name().map(RoomName::as_str), Some("Chess"));
        assert_eq!(after.participants(), room.participants());
        assert_eq!((after.updated_at(), after.revision()), (at(9), room.revision().next()));
        let [told] = events.as_slice() else { panic!("one event expected: {events:?}") };
        assert_eq!(told.recipients, [1, 2, 3, 4].map(user_id));
        assert_eq!(told.event.kind, RoomEventKind::Updated(after.snapshot(&users())));
        assert_eq!((told.event.id, told.event.at), (change(9).event_ids[0], at(9)));
    }

    #[test]
    fn a_name_can_be_taken_away() {
        let after = rename(&named_group_room(), 2, None).unwrap().unwrap().into_parts().room;
        assert_eq!(after.name(), None);
    }

    #[test]
    fn a_room_that_is_called_so_stays_as_it_is() {
        assert_eq!(rename(&named_group_room(), 2, Some(" Tea ")), Ok(None));
        assert_eq!(rename(&club(), 2, None), Ok(None));
    }

    #[test]
    fn a_member_may_not_and_to_a_stranger_there_is_no_room() {
        assert_eq!(rename(&club(), 1, Some("Chess")), Err(ChangeRefused::NotAllowed));
        assert_eq!(rename(&club(), 6, Some("Chess")), Err(ChangeRefused::RoomNotFound));
        for room in [direct_room(), ephemeral_room()] {
            assert_eq!(rename(&room, 2, Some("Chess")), Err(ChangeRefused::NotGroup));
        }
    }
}
