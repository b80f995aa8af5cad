//! What those in a room are told when one of them has another name.

use super::change::member;
use super::{Change, Role, Room, RoomCommit, RoomEventKind};
use crate::{User, UserId};

impl Room {
    /// What telling everyone in the room what `user` is called now writes: an event and nothing else. The room's activity
    /// does not move, since nothing happened in it. Who is not active hears of nothing. `None` when they are not in the
    /// room. `users` are those of the participants that the user store holds.
    ///
    /// A group whose owner is told of as not active any more goes to whoever is next in line.
    #[must_use]
    pub fn retell(&self, change: Change, user: UserId, users: &[User]) -> Option<RoomCommit> {
        let participant = self.participant(user)?;
        let is_active = users.iter().any(|one| one.id == user && one.is_active);
        let hears = |id: &UserId| is_active || *id != user;
        let hearers: Vec<UserId> = self.everyone().into_iter().filter(hears).collect();
        if participant.role == Role::Owner
            && let Some(heir) = self.successor(users)
        {
            return Some(self.with_role(change, heir, Role::Owner, users, &hearers));
        }
        let told = (RoomEventKind::Changed(member(participant, users)), hearers);
        let after = Self { revision: self.revision.next(), ..self.clone() };
        Some(self.changed(&change, after, Vec::new(), vec![told]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{change, club, users};
    use super::*;
    use crate::room::open::tests::{at, direct_room, ephemeral_room, user, user_id};
    use crate::{CommitParts, Expected, Fate, Member};

    #[test]
    fn everyone_hears_what_somebody_is_called_and_the_room_stays_where_it_is() {
        let room = club();
        let CommitParts { id, room: after, expected, fate, participants, events, idempotency } =
            room.retell(change(9), user_id(1), &users()).unwrap().into_parts();
        assert_eq!((id, expected, fate), (change(9).commit_id, Expected::Revision(room.revision()), Fate::Kept));
        assert_eq!((participants, idempotency), (Vec::new(), None));
        assert_eq!(after, Room { revision: room.revision().next(), ..room.clone() });
        let [told] = events.as_slice() else { panic!("one event expected: {events:?}") };
        assert_eq!(told.recipients, [1, 2, 3, 4].map(user_id));
        let alice = Member::of(room.participant(user_id(1)).unwrap(), Some(&user(1, "alice")));
        assert_eq!(told.event.kind, RoomEventKind::Changed(alice));
        assert_eq!((told.event.id, told.event.at), (change(9).event_ids[0], at(9)));
    }

    #[test]
    fn it_is_told_in_rooms_of_every_kind() {
        for room in [direct_room(), ephemeral_room()] {
            let commit = room.retell(change(9), user_id(1), &users()).unwrap();
            assert_eq!(commit.recipients().len(), room.participants().len());
        }
    }

    #[test]
    fn who_is_not_active_hears_of_nothing() {
        let gone = User { is_active: false, ..user(1, "alice") };
        let commit = club().retell(change(9), user_id(1), &[gone]).unwrap();
        assert_eq!(commit.recipients(), [2, 3, 4].map(user_id));
    }

    #[test]
    fn the_group_of_an_owner_who_is_gone_goes_to_the_next_in_line_and_those_who_are_there_hear_of_both() {
        let gone = |one: User| if one.id == user_id(2) { User { is_active: false, ..one } } else { one };
        let users: Vec<User> = users().into_iter().map(gone).collect();
        let CommitParts { room, events, .. } = club().retell(change(9), user_id(2), &users).unwrap().into_parts();
        assert_eq!(room.participant(user_id(4)).unwrap().role, Role::Owner);
        assert_eq!(room.participant(user_id(2)).unwrap().role, Role::Admin);
        let told = [4, 2].map(|n| RoomEventKind::Changed(member(room.participant(user_id(n)).unwrap(), &users)));
        assert_eq!(events.iter().map(|one| one.event.kind.clone()).collect::<Vec<_>>(), told);
        assert!(events.iter().all(|one| one.recipients == [1, 3, 4].map(user_id)));
    }

    #[test]
    fn a_stranger_is_not_told_of() {
        assert_eq!(club().retell(change(9), user_id(6), &users()), None);
    }
}
