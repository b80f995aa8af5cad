//! Bringing somebody into a group.

use super::change::{ChangeRoomError, RoomChanger};
use crate::{Member, Role, RoomId, UserId};

/// Brings a user into a group.
pub struct AddParticipant {
    changer: RoomChanger,
}

impl AddParticipant {
    /// Wires the use case.
    #[must_use]
    pub const fn new(changer: RoomChanger) -> Self {
        Self { changer }
    }

    /// Brings `newcomer` into the room `id` for `by`, and answers them as everyone there is told of them; the rule is
    /// [`Room::admit`](crate::Room::admit).
    ///
    /// # Errors
    /// [`ChangeRoomError`] says why they are not in.
    pub async fn execute(
        &self,
        by: UserId,
        id: RoomId,
        newcomer: UserId,
        role: Role,
    ) -> Result<Member, ChangeRoomError> {
        let admitted = self.changer.apply(by, id, Some(newcomer), |room, change, users| {
            room.admit(change, by, newcomer, role, users).map(Some)
        });
        let member = admitted.await?.member(newcomer)?;
        tracing::info!(room_id = %id, by = %by, user_id = %newcomer, role = role.as_str(), "participant added");
        Ok(member)
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::tests::{
        rooms_with_the_club, silent, unwritten, users_know_everyone, waking, wire, wire_with,
    };
    use super::super::testing::{NOW, at, user, user_id};
    use super::*;
    use crate::mocks::{MockContactRepo, MockUserRepo};
    use crate::port::Committed;
    use crate::room::change_tests::{club, users};
    use crate::{ChangeRefused, ContactPolicy, Expected, ParticipantChange, Stance};

    #[tokio::test]
    async fn a_newcomer_is_committed_whole_and_everyone_is_told() {
        let mut users_asked = MockUserRepo::new();
        users_asked
            .expect_find_many()
            .withf(|ids| ids == [1, 2, 3, 4, 6].map(user_id))
            .once()
            .returning(|_| Ok(users()));
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().once().returning(|commit| {
            let parts = commit.into_parts();
            assert_eq!(parts.expected, Expected::Revision(club().revision()));
            assert!(
                matches!(parts.participants.as_slice(), [ParticipantChange::Added(one)] if one.user_id == user_id(6))
            );
            Ok(Committed::AlreadyApplied)
        });
        let add = AddParticipant::new(wire(users_asked, rooms, waking(&[1, 2, 3, 4, 6])));
        let frank = add.execute(user_id(3), club().id(), user_id(6), Role::Member).await.unwrap();
        assert_eq!((frank.user_id, frank.role, frank.joined_at), (user_id(6), Role::Member, at(NOW)));
        assert_eq!(frank.username, user(6, "frank").username.to_string());
    }

    #[tokio::test]
    async fn what_the_rule_refuses_is_not_written() {
        for (by, newcomer, role, reason) in [
            (2, 1, Role::Member, ChangeRefused::AlreadyParticipant(user_id(1))),
            (2, 77, Role::Member, ChangeRefused::ParticipantNotFound(user_id(77))),
            (2, 5, Role::Member, ChangeRefused::ParticipantNotFound(user_id(5))),
            (2, 6, Role::Owner, ChangeRefused::SecondOwner),
            (3, 6, Role::Admin, ChangeRefused::NotAllowed),
        ] {
            let refused =
                AddParticipant::new(unwritten()).execute(user_id(by), club().id(), user_id(newcomer), role).await;
            assert!(matches!(refused, Err(ChangeRoomError::Refused(why)) if why == reason), "{reason}");
        }
    }

    #[tokio::test]
    async fn a_newcomer_who_does_not_accept_rooms_is_not_brought_in() {
        for (policy, blocks) in [(ContactPolicy::Nobody, false), (ContactPolicy::Everyone, true)] {
            let mut rooms = rooms_with_the_club();
            rooms.expect_commit().never();
            let mut contacts = MockContactRepo::new();
            contacts
                .expect_stances()
                .withf(|of, towards| (of, *towards) == (&[user_id(6)][..], user_id(3)))
                .once()
                .returning(move |of, _| Ok(vec![Stance { user: of[0], policy, blocks }]));
            let add = AddParticipant::new(wire_with(users_know_everyone(), contacts, rooms, silent()));
            let refused = add.execute(user_id(3), club().id(), user_id(6), Role::Member).await;
            let reason = ChangeRefused::NotAccepted(user_id(6));
            assert!(matches!(refused, Err(ChangeRoomError::Refused(why)) if why == reason));
        }
    }

    #[tokio::test]
    async fn who_loses_the_race_to_bring_somebody_in_hears_that_they_are_in() {
        let mut order = mockall::Sequence::new();
        let mut rooms = crate::mocks::MockRoomRepo::new();
        let crowded = || {
            let commit =
                club().admit(crate::room::change_tests::change(9), user_id(2), user_id(6), Role::Member, &users());
            commit.unwrap().into_parts().room
        };
        rooms.expect_find().once().in_sequence(&mut order).returning(|_| Ok(Some(club())));
        rooms.expect_commit().once().in_sequence(&mut order).returning(|_| Err(crate::port::CommitError::Conflict));
        rooms.expect_find().once().in_sequence(&mut order).returning(move |_| Ok(Some(crowded())));
        let add = AddParticipant::new(wire(users_know_everyone(), rooms, silent()));
        let refused = add.execute(user_id(3), club().id(), user_id(6), Role::Member).await;
        let reason = ChangeRefused::AlreadyParticipant(user_id(6));
        assert!(matches!(refused, Err(ChangeRoomError::Refused(why)) if why == reason));
    }
}
