//! The rule of a joining: who may bring whom into a group, and who hears of it.

use super::change::member;
use super::{Change, ChangeRefused, Participant, ParticipantChange, Role, Room, RoomCommit, RoomEventKind};
use crate::{User, UserId};

impl Room {
    /// Decides whether `by` may bring `newcomer` into the room as `role`, and what that writes: they are in from now on,
    /// hear of the room as of a new one, and those who were there hear that they joined.
    ///
    /// The owner and the admins may; the owner alone may bring in an admin. `users` are those of the participants and of
    /// the newcomer that the user store holds.
    ///
    /// # Errors
    /// [`ChangeRefused`] when `by` may not, when the newcomer is missing, inactive or in the room, when the room is full,
    /// or when they are to come in as a second owner.
    pub fn admit(
        &self,
        change: Change,
        by: UserId,
        newcomer: UserId,
        role: Role,
        users: &[User],
    ) -> Result<RoomCommit, ChangeRefused> {
        match (self.role_of(by, &change)?, role) {
            (Role::Member, _) | (Role::Admin, Role::Admin) => return Err(ChangeRefused::NotAllowed),
            (Role::Owner | Role::Admin, Role::Owner) => return Err(ChangeRefused::SecondOwner),
            (Role::Owner, _) | (Role::Admin, Role::Member) => {}
        }
        if self.participant(newcomer).is_some() {
            return Err(ChangeRefused::AlreadyParticipant(newcomer));
        }
        if !users.iter().any(|user| user.id == newcomer && user.is_active) {
            return Err(ChangeRefused::ParticipantNotFound(newcomer));
        }
        if self.participants.len() >= Self::MOST_PEOPLE {
            return Err(ChangeRefused::Full);
        }
        let seat = Participant { user_id: newcomer, role, joined_at: self.instant_of(&change) };
        let after = self.with_participants(&change, self.participants.iter().copied().chain([seat]).collect());
        let told = vec![
            (RoomEventKind::Joined(member(&seat, users)), self.everyone()),
            (RoomEventKind::Created(after.snapshot(users)), vec![newcomer]),
        ];
        Ok(self.changed(&change, after, vec![ParticipantChange::Added(seat)], told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{change, club, crowded_club, users};
    use super::*;
    use crate::room::open::tests::{at, direct_room, ephemeral_room, user, user_id};
    use crate::{CommitParts, Expected, Fate, Member};

    fn admit(room: &Room, by: u128, newcomer: u128, role: Role) -> Result<RoomCommit, ChangeRefused> {
        room.admit(change(9), user_id(by), user_id(newcomer), role, &users())
    }

    #[test]
    fn a_newcomer_is_in_and_hears_of_the_room_while_the_others_hear_of_them() {
        let room = club();
        let commit = admit(&room, 2, 6, Role::Member).unwrap();
        assert_eq!(commit.recipients(), [1, 2, 3, 4, 6].map(user_id));
        let CommitParts { id, room: after, expected, fate, participants, events, idempotency } = commit.into_parts();
        let seat = Participant { user_id: user_id(6), role: Role::Member, joined_at: at(9) };
        assert_eq!((id, expected, fate), (change(9).commit_id, Expected::Revision(room.revision()), Fate::Kept));
        assert_eq!(participants, [ParticipantChange::Added(seat)]);
        assert_eq!(idempotency, None);
        assert_eq!(after.everyone(), [1, 2, 3, 4, 6].map(user_id));
        assert_eq!((after.updated_at(), after.revision()), (at(9), room.revision().next()));
        let [joined, created] = events.as_slice() else { panic!("two events expected: {events:?}") };
        assert_eq!(joined.recipients, [1, 2, 3, 4].map(user_id));
        assert_eq!(joined.event.kind, RoomEventKind::Joined(Member::of(&seat, Some(&user(6, "frank")))));
        assert_eq!(created.recipients, [user_id(6)]);
        assert_eq!(created.event.kind, RoomEventKind::Created(after.snapshot(&users())));
        assert_eq!([joined.event.id, created.event.id], change(9).event_ids);
        assert_eq!((joined.event.at, created.event.at), (at(9), at(9)));
    }

    #[test]
    fn participants_stay_in_the_order_of_their_ids_wherever_the_newcomer_comes_in() {
        let room = club();
        let after = admit(&room, 2, 0, Role::Member).unwrap().into_parts().room;
        assert_eq!(after.everyone(), [0, 1, 2, 3, 4].map(user_id));
    }

    #[test]
    fn owner_and_admins_bring_people_in_and_the_owner_alone_admins() {
        for (by, role, expected) in [
            (2, Role::Member, Ok(())),
            (2, Role::Admin, Ok(())),
            (3, Role::Member, Ok(())),
            (3, Role::Admin, Err(ChangeRefused::NotAllowed)),
            (1, Role::Member, Err(ChangeRefused::NotAllowed)),
            (1, Role::Owner, Err(ChangeRefused::NotAllowed)),
        ] {
            assert_eq!(admit(&club(), by, 6, role).map(drop), expected, "{by} {role:?}");
        }
    }

    #[test]
    fn nobody_comes_in_as_a_second_owner() {
        for by in [2, 3] {
            assert_eq!(admit(&club(), by, 6, Role::Owner), Err(ChangeRefused::SecondOwner));
        }
    }

    #[test]
    fn who_is_in_cannot_come_in_again() {
        for newcomer in 1..=4 {
            let refused = Err(ChangeRefused::AlreadyParticipant(user_id(newcomer)));
            assert_eq!(admit(&club(), 2, newcomer, Role::Member), refused);
        }
    }

    #[test]
    fn an_absent_or_inactive_newcomer_is_reported() {
        for newcomer in [5, 77] {
            let refused = Err(ChangeRefused::ParticipantNotFound(user_id(newcomer)));
            assert_eq!(admit(&club(), 2, newcomer, Role::Member), refused);
        }
    }

    #[test]
    fn a_room_holds_256_people() {
        assert!(admit(&crowded_club(255), 2, 6, Role::Member).is_ok());
        assert_eq!(admit(&crowded_club(256), 2, 6, Role::Member), Err(ChangeRefused::Full));
    }

    #[test]
    fn to_a_stranger_there_is_no_room_and_other_kinds_of_rooms_take_nobody_in() {
        assert_eq!(admit(&club(), 6, 6, Role::Member), Err(ChangeRefused::RoomNotFound));
        assert_eq!(admit(&direct_room(), 3, 6, Role::Member), Err(ChangeRefused::RoomNotFound));
        for room in [direct_room(), ephemeral_room()] {
            assert_eq!(admit(&room, 2, 6, Role::Member), Err(ChangeRefused::NotGroup));
        }
    }
}
