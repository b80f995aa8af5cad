//! The rule of a new role: who may say who is an admin, and how a room is handed over.

use super::change::member;
use super::{Change, ChangeRefused, Participant, ParticipantChange, Role, Room, RoomCommit, RoomEventKind};
use crate::{User, UserId};

impl Room {
    /// Decides whether `by` may make `user` a `role`, and what that writes; `None` when that is what they are.
    ///
    /// The owner may do so with anyone else. Who is made the owner takes the room over, and the one who gave it is an
    /// admin from then on. An admin may step down. Who is next in line may take over from an owner whose account is not
    /// active any more. Everyone in the room hears of everyone whose role changed. `users` are those of the participants
    /// that the user store holds.
    ///
    /// # Errors
    /// [`ChangeRefused`] when `by` may not, when `user` is not in the room, or when the owner would step down without a
    /// successor.
    pub fn change_role(
        &self,
        change: Change,
        by: UserId,
        user: UserId,
        role: Role,
        users: &[User],
    ) -> Result<Option<RoomCommit>, ChangeRefused> {
        let asking = self.role_of(by, &change)?;
        let before = *self.participant(user).ok_or(ChangeRefused::ParticipantNotFound(user))?;
        let is_own_step_down = by == user && !role.outranks(before.role);
        let takes_over = by == user && role == Role::Owner && self.successor(users) == Some(by);
        if asking != Role::Owner && !is_own_step_down && !takes_over {
            return Err(ChangeRefused::NotAllowed);
        }
        if before.role == role {
            return Ok(None);
        }
        if before.role == Role::Owner {
            return Err(ChangeRefused::OwnerNeeded);
        }
        Ok(Some(self.with_role(change, user, role, users, &self.everyone())))
    }

    /// What writing that `user` is a `role` writes; of a new owner, that the former is an admin too.
    pub(super) fn with_role(
        &self,
        change: Change,
        user: UserId,
        role: Role,
        users: &[User],
        told: &[UserId],
    ) -> RoomCommit {
        let role_after = |one: &Participant| match role {
            _ if one.user_id == user => role,
            Role::Owner if one.role == Role::Owner => Role::Admin,
            _ => one.role,
        };
        let after: Vec<Participant> =
            self.participants.iter().map(|one| Participant { role: role_after(one), ..*one }).collect();
        let mut changed: Vec<Participant> =
            after.iter().copied().filter(|one| self.participant(one.user_id) != Some(one)).collect();
        changed.sort_unstable_by_key(|one| one.user_id != user);
        let replaced = |one: &Participant| [ParticipantChange::Removed(one.user_id), ParticipantChange::Added(*one)];
        let told = changed.iter().map(|one| (RoomEventKind::Changed(member(one, users)), told.to_vec())).collect();
        let changes = changed.iter().flat_map(replaced).collect();
        self.changed(&change, self.with_participants(&change, after), changes, told)
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{change, club, users};
    use super::*;
    use crate::room::open::tests::{at, direct_room, ephemeral_room, user, user_id};
    use crate::{CommitParts, Expected, Fate, Member};

    fn change_role(room: &Room, by: u128, user: u128, role: Role) -> Result<Option<RoomCommit>, ChangeRefused> {
        room.change_role(change(9), user_id(by), user_id(user), role, &users())
    }

    #[test]
    fn a_member_becomes_an_admin_and_everyone_hears_of_it() {
        let room = club();
        let commit = change_role(&room, 2, 1, Role::Admin).unwrap().unwrap();
        let CommitParts { id, room: after, expected, fate, participants, events, idempotency } = commit.into_parts();
        let risen = Participant { user_id: user_id(1), role: Role::Admin, joined_at: at(5) };
        assert_eq!((id, expected, fate), (change(9).commit_id, Expected::Revision(room.revision()), Fate::Kept));
        assert_eq!(participants, [ParticipantChange::Removed(user_id(1)), ParticipantChange::Added(risen)]);
        assert_eq!(idempotency, None);
        assert_eq!(after.participant(user_id(1)), Some(&risen));
        for other in [2, 3, 4].map(user_id) {
            assert_eq!(after.participant(other), room.participant(other));
        }
        assert_eq!((after.updated_at(), after.revision()), (at(9), room.revision().next()));
        let [told] = events.as_slice() else { panic!("one event expected: {events:?}") };
        assert_eq!(told.recipients, [1, 2, 3, 4].map(user_id));
        assert_eq!(told.event.kind, RoomEventKind::Changed(Member::of(&risen, Some(&user(1, "alice")))));
        assert_eq!((told.event.id, told.event.at), (change(9).event_ids[0], at(9)));
    }

    #[test]
    fn the_owner_alone_changes_roles_and_an_admin_steps_down() {
        use Role::{Admin, Member, Owner};
        for (by, user, role, is_allowed) in [
            (2, 1, Admin, true),
            (2, 3, Member, true),
            (2, 1, Owner, true),
            (3, 3, Member, true),
            (3, 3, Owner, false),
            (3, 1, Admin, false),
            (3, 4, Member, false),
            (3, 2, Member, false),
            (3, 1, Member, false),
            (1, 1, Admin, false),
            (1, 1, Owner, false),
            (1, 3, Member, false),
        ] {
            let changed = change_role(&club(), by, user, role);
            let expected = if is_allowed { Ok(true) } else { Err(ChangeRefused::NotAllowed) };
            assert_eq!(changed.map(|commit| commit.is_some()), expected, "{by} makes {user} {role:?}");
        }
    }

    #[test]
    fn a_room_is_handed_over_to_one_owner_and_the_former_is_an_admin() {
        let room = club();
        let commit = change_role(&room, 2, 1, Role::Owner).unwrap().unwrap();
        let CommitParts { room: after, participants, events, .. } = commit.into_parts();
        let seat = |n: u128, role| Participant { role, ..*room.participant(user_id(n)).unwrap() };
        let (alice, bobby) = (seat(1, Role::Owner), seat(2, Role::Admin));
        assert_eq!((after.participant(user_id(1)), after.participant(user_id(2))), (Some(&alice), Some(&bobby)));
        let replaced =
            [alice, bobby].map(|one| [ParticipantChange::Removed(one.user_id), ParticipantChange::Added(one)]);
        assert_eq!(participants, replaced.concat());
        let told: Vec<_> = events.iter().map(|told| told.event.kind.clone()).collect();
        let names = [Member::of(&alice, Some(&user(1, "alice"))), Member::of(&bobby, Some(&user(2, "bobby")))];
        assert_eq!(told, names.map(RoomEventKind::Changed));
        assert_eq!([events[0].event.id, events[1].event.id], change(9).event_ids);
        assert!(events.iter().all(|told| told.recipients == [1, 2, 3, 4].map(user_id)));
    }

    #[test]
    fn the_owner_does_not_step_down_without_a_successor() {
        for role in [Role::Admin, Role::Member] {
            assert_eq!(change_role(&club(), 2, 2, role), Err(ChangeRefused::OwnerNeeded));
        }
    }

    #[test]
    fn who_is_next_in_line_takes_over_from_an_owner_who_is_gone() {
        let gone = |one: User| if one.id == user_id(2) { User { is_active: false, ..one } } else { one };
        let users: Vec<User> = users().into_iter().map(gone).collect();
        let take_over =
            |by: u128, user: u128, role| club().change_role(change(9), user_id(by), user_id(user), role, &users);
        let after = take_over(4, 4, Role::Owner).unwrap().unwrap().into_parts().room;
        assert_eq!(after.participant(user_id(4)).unwrap().role, Role::Owner);
        assert_eq!(after.participant(user_id(2)).unwrap().role, Role::Admin);
        assert_eq!(take_over(3, 3, Role::Owner), Err(ChangeRefused::NotAllowed), "is not next");
        assert_eq!(take_over(4, 1, Role::Admin), Err(ChangeRefused::NotAllowed), "is not the owner yet");
    }

    #[test]
    fn who_has_the_role_stays_as_they_are() {
        for (by, user, role) in
            [(2, 1, Role::Member), (2, 3, Role::Admin), (2, 2, Role::Owner), (3, 3, Role::Admin), (1, 1, Role::Member)]
        {
            assert_eq!(change_role(&club(), by, user, role), Ok(None), "{by} makes {user} {role:?}");
        }
    }

    #[test]
    fn who_is_not_in_the_room_is_reported_and_to_a_stranger_there_is_no_room() {
        assert_eq!(change_role(&club(), 2, 6, Role::Admin), Err(ChangeRefused::ParticipantNotFound(user_id(6))));
        assert_eq!(change_role(&club(), 6, 1, Role::Admin), Err(ChangeRefused::RoomNotFound));
        for room in [direct_room(), ephemeral_room()] {
            assert_eq!(change_role(&room, 2, 1, Role::Admin), Err(ChangeRefused::NotGroup));
        }
    }
}
