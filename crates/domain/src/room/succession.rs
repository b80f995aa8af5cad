//! Who follows an owner.

use std::cmp::Reverse;

use super::{Participant, Role, Room, RoomKind};
use crate::{User, UserId};

fn is_active(id: UserId, users: &[User]) -> bool {
    users.iter().any(|user| user.id == id && user.is_active)
}

/// The admin who has been there longest, or if there is none the member who has; active users come before inactive ones.
pub(super) fn next_in_line<'a>(staying: &'a mut [Participant], users: &[User]) -> Option<&'a mut Participant> {
    staying.iter_mut().min_by_key(|one| (Reverse(is_active(one.user_id, users)), one.role, one.joined_at, one.user_id))
}

impl Room {
    /// Who may take a group over from an owner whose account is not active any more: the active one who is next in line.
    /// `users` are those of the participants that the user store holds.
    pub(super) fn successor(&self, users: &[User]) -> Option<UserId> {
        let is_owner = |one: &Participant| one.role == Role::Owner;
        let is_orphaned = self.participants.iter().any(|one| is_owner(one) && !is_active(one.user_id, users));
        if self.kind != RoomKind::Group || !is_orphaned {
            return None;
        }
        let mut others: Vec<Participant> = self.participants.iter().copied().filter(|one| !is_owner(one)).collect();
        next_in_line(&mut others, users).map(|heir| heir.user_id).filter(|heir| is_active(*heir, users))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change_tests::{club, club_of, users};
    use super::*;
    use crate::room::open::tests::{direct_room, ephemeral_room, user, user_id};

    /// Without the owner of [`club`].
    fn orphaned() -> Vec<User> {
        let gone = |one: User| if one.id == user_id(2) { User { is_active: false, ..one } } else { one };
        users().into_iter().map(gone).collect()
    }

    #[test]
    fn an_owner_who_is_active_has_no_successor() {
        assert_eq!(club().successor(&users()), None);
    }

    #[test]
    fn the_longest_standing_admin_succeeds_an_owner_who_is_gone() {
        assert_eq!(club().successor(&orphaned()), Some(user_id(4)));
        let without_the_owner: Vec<User> = users().into_iter().filter(|one| one.id != user_id(2)).collect();
        assert_eq!(club().successor(&without_the_owner), Some(user_id(4)));
    }

    #[test]
    fn who_is_not_active_succeeds_nobody() {
        let only_eve = club_of(&[(2, Role::Owner, 5), (5, Role::Admin, 5)]);
        assert_eq!(only_eve.successor(&orphaned()), None);
    }

    #[test]
    fn only_a_group_is_taken_over() {
        let nobody = [User { is_active: false, ..user(2, "bobby") }, user(1, "alice")];
        for room in [direct_room(), ephemeral_room()] {
            assert_eq!(room.successor(&nobody), None);
        }
    }
}
