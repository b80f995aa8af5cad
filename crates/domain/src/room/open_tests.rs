//! The rule of a creation, without a store, a clock or a mock; and the rooms that other tests start from.

use super::*;
use crate::{DisplayName, Fingerprint, IdempotencyKey, Invitees, RoomName, Ttl, Username};

pub(crate) fn user_id(n: u128) -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(n))
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

pub(crate) fn user(n: u128, name: &str) -> User {
    User {
        id: user_id(n),
        username: Username::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        is_active: true,
        is_verified: false,
        created_at: at(1),
    }
}

fn everyone() -> Vec<User> {
    vec![user(1, "alice"), user(2, "bobby"), user(3, "carol")]
}

fn opening() -> Opening {
    Opening {
        room_id: RoomId::from_uuid(uuid::Uuid::from_u128(50)),
        event_id: EventId::from_uuid(uuid::Uuid::from_u128(51)),
        commit_id: CommitId::from_uuid(uuid::Uuid::from_u128(52)),
        now: at(5),
    }
}

fn invite(users: &[u128]) -> Invitees {
    Invitees::parse(user_id(2), users.iter().copied().map(user_id).collect()).unwrap()
}

fn open(plan: &RoomPlan, users: &[User]) -> Result<RoomCommit, OpenRefused> {
    Room::open(opening(), user_id(2), plan, users, None)
}

fn opened(plan: &RoomPlan) -> Room {
    open(plan, &everyone()).unwrap().into_parts().room
}

/// Of bobby (the owner) and alice.
pub(crate) fn direct_room() -> Room {
    opened(&RoomPlan::direct(invite(&[1])).unwrap())
}

/// Of bobby (the owner), carol and alice.
pub(crate) fn group_room() -> Room {
    opened(&RoomPlan::group(invite(&[3, 1]), None))
}

/// The same, called Tea.
pub(crate) fn named_group_room() -> Room {
    opened(&RoomPlan::group(invite(&[3, 1]), Some(RoomName::parse("Tea").unwrap())))
}

/// Of bobby (the owner) and alice, for a minute.
pub(crate) fn ephemeral_room() -> Room {
    opened(&RoomPlan::ephemeral(invite(&[1]), None, Ttl::parse(60).unwrap()))
}

#[test]
fn the_creator_becomes_owner_and_the_invited_become_members() {
    let room = group_room();
    let seats: Vec<(UserId, Role, Timestamp)> =
        room.participants().iter().map(|seat| (seat.user_id, seat.role, seat.joined_at)).collect();
    assert_eq!(
        seats,
        [(user_id(1), Role::Member, at(5)), (user_id(2), Role::Owner, at(5)), (user_id(3), Role::Member, at(5))]
    );
    assert_eq!((room.created_by(), room.created_at(), room.updated_at()), (user_id(2), at(5), at(5)));
    assert_eq!(room.revision(), Revision::FIRST);
}

#[test]
fn everyone_in_the_room_is_told_with_one_event() {
    let commit = open(&RoomPlan::group(invite(&[3, 1]), None), &everyone()).unwrap();
    assert_eq!(commit.recipients(), [user_id(1), user_id(2), user_id(3)]);
    let CommitParts { id, room, expected, fate, participants, events, idempotency } = commit.into_parts();
    assert_eq!(id, opening().commit_id);
    assert_eq!((expected, fate), (Expected::Absent, Fate::Kept));
    assert_eq!(participants.len(), 3);
    let [outgoing] = events.as_slice() else { panic!("one event expected") };
    assert_eq!(outgoing.event.id, opening().event_id);
    assert_eq!(outgoing.event.room_id, room.id());
    assert_eq!(outgoing.event.kind, RoomEventKind::Created(room.snapshot(&everyone())));
    assert_eq!(idempotency, None);
}

#[test]
fn a_direct_room_has_the_pair_whoever_created_it() {
    let pair = direct_room().direct_pair().unwrap();
    assert_eq!((pair.low(), pair.high()), (user_id(1), user_id(2)));
    assert_eq!(group_room().direct_pair(), None);
}

#[test]
fn an_ephemeral_room_is_gone_at_the_very_instant() {
    let room = ephemeral_room();
    let end = at(5 + 60_000_000);
    assert_eq!(room.kind(), RoomKind::Ephemeral { expires_at: end });
    assert!(!room.is_expired(at(end.as_micros() - 1)));
    assert!(room.is_expired(end));
    assert!(!room.is_visible_to(user_id(1), end));
    assert!(room.is_visible_to(user_id(1), at(5)));
    assert!(!room.is_visible_to(user_id(3), at(5)));
}

#[test]
fn an_absent_or_inactive_creator_is_reported() {
    let plan = RoomPlan::direct(invite(&[1])).unwrap();
    assert_eq!(open(&plan, &[user(1, "alice")]), Err(OpenRefused::CreatorNotFound(user_id(2))));
    let asleep = User { is_active: false, ..user(2, "bobby") };
    assert_eq!(open(&plan, &[user(1, "alice"), asleep]), Err(OpenRefused::CreatorNotFound(user_id(2))));
}

#[test]
fn all_absent_and_inactive_participants_are_reported_in_the_order_of_invitation() {
    let plan = RoomPlan::group(invite(&[4, 3, 1]), None);
    let asleep = User { is_active: false, ..user(3, "carol") };
    let refused = open(&plan, &[user(1, "alice"), user(2, "bobby"), asleep]);
    assert_eq!(refused, Err(OpenRefused::ParticipantsNotFound(vec![user_id(4), user_id(3)])));
}

#[test]
fn the_answer_is_remembered_in_the_same_commit() {
    let claim =
        IdempotencyClaim { key: IdempotencyKey::parse("k").unwrap(), fingerprint: Fingerprint::from_bytes([7; 32]) };
    let plan = RoomPlan::direct(invite(&[1])).unwrap();
    let commit = Room::open(opening(), user_id(2), &plan, &everyone(), Some(claim.clone())).unwrap();
    let CommitParts { room, idempotency, .. } = commit.into_parts();
    let record = idempotency.unwrap();
    assert_eq!((record.caller, record.key, record.fingerprint), (user_id(2), claim.key, claim.fingerprint));
    assert_eq!(record.answer, Answer { created: true, room: room.snapshot(&everyone()) });
    assert_eq!(record.expires_at, at(5).after(super::super::IDEMPOTENCY_KEPT_FOR));
}
