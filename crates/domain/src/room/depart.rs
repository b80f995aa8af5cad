//! The rule of a departure: who may leave or be removed, and who follows an owner.

use super::change::member;
use super::succession::next_in_line;
use super::{Change, ChangeRefused, Participant, ParticipantChange, Role, Room, RoomCommit, RoomEventKind};
use crate::{User, UserId};

impl Room {
    /// Decides whether `by` may take `user` out of the room, who may be themselves, and what that writes: they are out,
    /// and they and those who stay hear of it.
    ///
    /// Everyone may leave. The owner may remove anyone, an admin members. When the owner leaves, the admin who has been
    /// there longest is the owner, or if there is none the member who has; active users come before inactive ones. The
    /// room that the last one leaves is gone. `users` are those of the participants that the user store holds.
    ///
    /// # Errors
    /// [`ChangeRefused`] when `by` may not, or when `user` is not in the room.
    pub fn remove_participant(
        &self,
        change: Change,
        by: UserId,
        user: UserId,
        users: &[User],
    ) -> Result<RoomCommit, ChangeRefused> {
        let asking = self.role_of(by, &change)?;
        let leaver = *self.participant(user).ok_or(ChangeRefused::ParticipantNotFound(user))?;
        if by != user && !asking.outranks(leaver.role) {
            return Err(ChangeRefused::NotAllowed);
        }
        let mut staying: Vec<Participant> =
            self.participants.iter().copied().filter(|participant| participant.user_id != user).collect();
        let mut changes = vec![ParticipantChange::Removed(user)];
        let mut told = vec![(RoomEventKind::Left(member(&leaver, users)), self.everyone())];
        if leaver.role == Role::Owner
            && let Some(heir) = next_in_line(&mut staying, users)
        {
            heir.role = Role::Owner;
            let heir = *heir;
            changes.extend([ParticipantChange::Removed(heir.user_id), ParticipantChange::Added(heir)]);
            let others = staying.iter().map(|participant| participant.user_id).collect();
            told.push((RoomEventKind::Changed(member(&heir, users)), others));
        }
        Ok(self.changed(&change, self.with_participants(&change, staying), changes, told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{change, club, club_of, users};
    use super::*;
    use crate::room::open::tests::{at, direct_room, ephemeral_room, group_room, user, user_id};
    use crate::{CommitParts, Expected, Fate, Member};

    fn remove(room: &Room, by: u128, user: u128) -> Result<RoomCommit, ChangeRefused> {
        room.remove_participant(change(9), user_id(by), user_id(user), &users())
    }

    /// Who owns the room after its owner left.
    fn heir(room: &Room) -> UserId {
        let after = remove(room, 2, 2).unwrap().into_parts().room;
        let owners: Vec<_> = after.participants().iter().filter(|one| one.role == Role::Owner).collect();
        assert_eq!(owners.len(), 1, "{after:?}");
        owners[0].user_id
    }

    #[test]
    fn who_leaves_is_out_and_everyone_hears_of_it_the_leaver_too() {
        let room = club();
        let commit = remove(&room, 1, 1).unwrap();
        let CommitParts { id, room: after, expected, fate, participants, events, idempotency } = commit.into_parts();
        assert_eq!((id, expected, fate), (change(9).commit_id, Expected::Revision(room.revision()), Fate::Kept));
        assert_eq!(participants, [ParticipantChange::Removed(user_id(1))]);
        assert_eq!(idempotency, None);
        assert_eq!(after.everyone(), [2, 3, 4].map(user_id));
        assert_eq!((after.updated_at(), after.revision()), (at(9), room.revision().next()));
        let [left] = events.as_slice() else { panic!("one event expected: {events:?}") };
        assert_eq!(left.recipients, [1, 2, 3, 4].map(user_id));
        let alice = Member::of(room.participant(user_id(1)).unwrap(), Some(&user(1, "alice")));
        assert_eq!(left.event.kind, RoomEventKind::Left(alice));
        assert_eq!((left.event.id, left.event.at), (change(9).event_ids[0], at(9)));
    }

    #[test]
    fn the_owner_removes_anyone_and_an_admin_members() {
        for (by, user, is_allowed) in [
            (2, 1, true),
            (2, 3, true),
            (3, 1, true),
            (3, 4, false),
            (3, 2, false),
            (4, 3, false),
            (1, 2, false),
            (1, 3, false),
        ] {
            let expected = if is_allowed { Ok(()) } else { Err(ChangeRefused::NotAllowed) };
            assert_eq!(remove(&club(), by, user).map(drop), expected, "{by} removes {user}");
        }
        assert_eq!(remove(&group_room(), 1, 3), Err(ChangeRefused::NotAllowed), "a member removes a member");
    }

    #[test]
    fn the_longest_standing_admin_follows_the_owner_and_everyone_who_stays_hears_of_it() {
        let room = club();
        let commit = remove(&room, 2, 2).unwrap();
        let CommitParts { room: after, participants, events, .. } = commit.into_parts();
        let dora = Participant { role: Role::Owner, ..*room.participant(user_id(4)).unwrap() };
        let changed = [ParticipantChange::Removed(user_id(4)), ParticipantChange::Added(dora)];
        assert_eq!(participants, [[ParticipantChange::Removed(user_id(2))].as_slice(), &changed].concat());
        assert_eq!(after.participant(user_id(4)), Some(&dora));
        let [left, risen] = events.as_slice() else { panic!("two events expected: {events:?}") };
        assert_eq!(left.recipients, [1, 2, 3, 4].map(user_id));
        assert_eq!(risen.recipients, [1, 3, 4].map(user_id));
        assert_eq!(risen.event.kind, RoomEventKind::Changed(Member::of(&dora, Some(&user(4, "doris")))));
        assert_eq!([left.event.id, risen.event.id], change(9).event_ids);
    }

    #[test]
    fn without_an_admin_the_longest_standing_member_follows_and_the_lower_id_of_equals() {
        assert_eq!(heir(&group_room()), user_id(1));
        let later = club_of(&[(1, Role::Member, 7), (2, Role::Owner, 5), (3, Role::Member, 6)]);
        assert_eq!(heir(&later), user_id(3));
    }

    #[test]
    fn who_is_not_active_follows_only_when_nobody_else_is_there() {
        let room = club_of(&[(1, Role::Member, 7), (2, Role::Owner, 5), (5, Role::Admin, 5)]);
        assert_eq!(heir(&room), user_id(1));
        assert_eq!(heir(&club_of(&[(2, Role::Owner, 5), (5, Role::Member, 5)])), user_id(5));
    }

    #[test]
    fn the_room_that_the_last_one_leaves_is_gone() {
        let room = club_of(&[(2, Role::Owner, 5)]);
        let CommitParts { room: last, fate, participants, events, .. } = remove(&room, 2, 2).unwrap().into_parts();
        assert_eq!((&last, fate), (&room, Fate::Gone));
        assert_eq!(participants, [ParticipantChange::Removed(user_id(2))]);
        assert_eq!((events.len(), events[0].recipients.as_slice()), (1, [user_id(2)].as_slice()));
        assert!(matches!(events[0].event.kind, RoomEventKind::Left(_)));
    }

    #[test]
    fn who_is_not_in_the_room_is_reported_and_to_a_stranger_there_is_no_room() {
        assert_eq!(remove(&club(), 2, 6), Err(ChangeRefused::ParticipantNotFound(user_id(6))));
        assert_eq!(remove(&club(), 6, 6), Err(ChangeRefused::RoomNotFound));
        assert_eq!(remove(&club(), 6, 1), Err(ChangeRefused::RoomNotFound));
        for room in [direct_room(), ephemeral_room()] {
            assert_eq!(remove(&room, 1, 1), Err(ChangeRefused::NotGroup));
        }
    }

    #[test]
    fn a_user_who_is_gone_can_be_removed() {
        let room = club_of(&[(2, Role::Owner, 5), (77, Role::Member, 5)]);
        let commit = remove(&room, 2, 77).unwrap();
        let RoomEventKind::Left(left) = &commit.parts().events[0].event.kind else { panic!("{commit:?}") };
        assert_eq!(left.display_name, "Deleted user");
    }
}
