//! Whether those who are to come into a room accept it from whoever brings them there.

use crate::port::{ReadError, RoomRepo};
use crate::{ContactPolicy, Stance, Timestamp, UserId};

/// Those of `invited`, in their order, who do not accept a room from `by`: they block that one, or their policy says so.
/// Who shares a room is asked only where a policy makes it matter, and whether or not there is a block as well, so that
/// the two take the same time.
pub(super) async fn refusing(
    rooms: &dyn RoomRepo,
    by: UserId,
    invited: &[UserId],
    stances: &[Stance],
    now: Timestamp,
) -> Result<Vec<UserId>, ReadError> {
    let is_choosy = |stance: &&Stance| stance.policy == ContactPolicy::SharedRooms;
    let choosy: Vec<UserId> = stances.iter().filter(is_choosy).map(|stance| stance.user).collect();
    let known = if choosy.is_empty() { Vec::new() } else { rooms.share_a_room(by, &choosy, now).await? };
    let refuses = |stance: &Stance| {
        stance.blocks
            || match stance.policy {
                ContactPolicy::Everyone => false,
                ContactPolicy::SharedRooms => !known.contains(&stance.user),
                ContactPolicy::Nobody => true,
            }
    };
    let is_refusing = |user: &UserId| stances.iter().any(|stance| stance.user == *user && refuses(stance));
    Ok(invited.iter().copied().filter(is_refusing).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, user_id};
    use super::*;
    use crate::mocks::MockRoomRepo;

    fn stance(n: u128, policy: ContactPolicy, blocks: bool) -> Stance {
        Stance { user: user_id(n), policy, blocks }
    }

    #[tokio::test]
    async fn policies_and_blocks_decide_and_whoever_said_nothing_accepts() {
        let mut rooms = MockRoomRepo::new();
        rooms
            .expect_share_a_room()
            .withf(|user, others, now| (*user, others, *now) == (user_id(9), &[4, 5, 6].map(user_id)[..], at(3)))
            .once()
            .returning(|_, _, _| Ok(vec![user_id(5), user_id(6)]));
        let stances = [
            stance(2, ContactPolicy::Everyone, true),
            stance(3, ContactPolicy::Everyone, false),
            stance(4, ContactPolicy::SharedRooms, false),
            stance(5, ContactPolicy::SharedRooms, false),
            stance(6, ContactPolicy::SharedRooms, true),
            stance(7, ContactPolicy::Nobody, false),
        ];
        let invited = [7, 6, 5, 4, 3, 2, 1].map(user_id);
        let refusing = refusing(&rooms, user_id(9), &invited, &stances, at(3)).await.unwrap();
        assert_eq!(refusing, [7, 6, 4, 2].map(user_id));
    }

    #[tokio::test]
    async fn shared_rooms_are_asked_for_only_where_they_matter() {
        let mut rooms = MockRoomRepo::new();
        rooms.expect_share_a_room().never();
        let stances = [stance(1, ContactPolicy::Nobody, true), stance(2, ContactPolicy::Everyone, false)];
        let refusing = refusing(&rooms, user_id(9), &[1, 2].map(user_id), &stances, at(3)).await.unwrap();
        assert_eq!(refusing, [user_id(1)]);
    }
}
