//! The rooms and people that the rules of change are tested on, and what holds for every change.

use super::{Change, Participant, ParticipantChange, Role, Room, RoomCommit, RoomName, RoomParts};
use crate::room::open::tests::{at, group_room, user, user_id};
use crate::{CommitId, EventId, User};

pub(crate) fn change(now: i64) -> Change {
    Change {
        event_ids: [70, 71].map(|n| EventId::from_uuid(uuid::Uuid::from_u128(n))),
        commit_id: CommitId::from_uuid(uuid::Uuid::from_u128(72)),
        now: at(now),
    }
}

/// A group of these users, each with a role and the instant at which they came in.
pub(crate) fn club_of(people: &[(u128, Role, i64)]) -> Room {
    let seat =
        |&(n, role, joined): &(u128, Role, i64)| Participant { user_id: user_id(n), role, joined_at: at(joined) };
    let room = group_room();
    Room::restore(RoomParts {
        id: room.id(),
        kind: room.kind(),
        name: None,
        participants: people.iter().map(seat).collect(),
        created_by: room.created_by(),
        created_at: room.created_at(),
        updated_at: at(6),
        revision: room.revision().next(),
    })
    .unwrap()
}

/// Of bobby (the owner), alice (a member), and the admins carol and doris; doris has been there longer.
pub(crate) fn club() -> Room {
    club_of(&[(1, Role::Member, 5), (2, Role::Owner, 5), (3, Role::Admin, 6), (4, Role::Admin, 5)])
}

/// Of bobby (the owner) and members, none of whom is in [`users`].
pub(crate) fn crowded_club(size: u128) -> Room {
    let members = (0..size - 1).map(|n| (1_000 + n, Role::Member, 5));
    club_of(&members.chain([(2, Role::Owner, 5)]).collect::<Vec<_>>())
}

/// Those of the club, eve, who is not active, and frank and zelda, who are in no room.
pub(crate) fn users() -> Vec<User> {
    let eve = User { is_active: false, ..user(5, "evelyn") };
    let active = [(0, "zelda"), (1, "alice"), (2, "bobby"), (3, "carol"), (4, "doris"), (6, "frank")]
        .map(|(n, name)| user(n, name));
    active.into_iter().chain([eve]).collect()
}

/// One commit of each rule, on a clock that says `now`.
fn each_change(now: i64) -> Vec<RoomCommit> {
    let (room, bobby, change) = (club(), user_id(2), change(now));
    let name = RoomName::parse("Chess").ok();
    vec![
        room.admit(change, bobby, user_id(6), Role::Member, &users()).unwrap(),
        room.remove_participant(change, bobby, user_id(1), &users()).unwrap(),
        room.remove_participant(change, bobby, bobby, &users()).unwrap(),
        room.change_role(change, bobby, user_id(1), Role::Owner, &users()).unwrap().unwrap(),
        room.rename(change, bobby, name, &users()).unwrap().unwrap(),
    ]
}

#[test]
fn activity_never_moves_back_whatever_the_clock_says() {
    for commit in each_change(-100) {
        let parts = commit.parts();
        assert_eq!(parts.room.updated_at(), at(6));
        assert!(parts.events.iter().all(|told| told.event.at == at(6)), "{:?}", parts.events);
        assert!(parts.room.participants().iter().all(|one| one.joined_at <= at(6)));
    }
}

#[test]
fn what_a_change_leaves_is_a_room() {
    for commit in each_change(9) {
        let room = &commit.parts().room;
        let parts = RoomParts {
            id: room.id(),
            kind: room.kind(),
            name: room.name().cloned(),
            participants: room.participants().to_vec(),
            created_by: room.created_by(),
            created_at: room.created_at(),
            updated_at: room.updated_at(),
            revision: room.revision(),
        };
        assert_eq!(Room::restore(parts).as_ref(), Ok(room));
        assert_eq!(room.participants().iter().filter(|one| one.role == Role::Owner).count(), 1);
    }
}

#[test]
fn the_changes_of_people_lead_from_the_room_before_to_the_room_after() {
    for commit in each_change(9) {
        let parts = commit.parts();
        let mut people = club().participants().to_vec();
        for change in &parts.participants {
            match change {
                ParticipantChange::Removed(user) => people.retain(|one| one.user_id != *user),
                ParticipantChange::Added(one) => people.push(*one),
            }
        }
        people.sort_unstable_by_key(|one| one.user_id);
        assert_eq!(people, parts.room.participants());
    }
}

#[test]
fn each_recipient_is_named_once_and_in_order() {
    for commit in each_change(9) {
        for told in &commit.parts().events {
            assert!(told.recipients.is_sorted_by(|one, next| one < next), "{told:?}");
        }
    }
}
