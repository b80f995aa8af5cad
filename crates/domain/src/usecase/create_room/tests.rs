//! Creating a room, on mocks: which port is asked what, and that a refusal writes nothing.

use super::super::testing::{
    NOW, alice_and_bobby, at, counted_ids, direct_room, engine_says, stopped_clock, user, user_id,
};
use super::*;
use crate::mocks::{MockContactRepo, MockNotifier, MockRoomRepo, MockUserRepo};
use crate::port::{Committed, Notice, NotifyError};
use crate::{ContactPolicy, Expected, Fingerprint, IdempotencyKey, InboxEntry, Invitees, RoomEventKind, Seq, Stance};

fn ask_for_direct(participant: u128, claim: Option<IdempotencyClaim>) -> CreateRoomCommand {
    let invitees = Invitees::parse(user_id(2), vec![user_id(participant)]).unwrap();
    CreateRoomCommand { creator: user_id(2), plan: RoomPlan::direct(invitees).unwrap(), idempotency: claim }
}

fn claim(fingerprint: u8) -> IdempotencyClaim {
    IdempotencyClaim {
        key: IdempotencyKey::parse("key").unwrap(),
        fingerprint: Fingerprint::from_bytes([fingerprint; 32]),
    }
}

fn record(fingerprint: u8, answered_at: i64) -> IdempotencyRecord {
    let answer = Answer { created: true, room: direct_room().snapshot(&alice_and_bobby()) };
    IdempotencyRecord::new(user_id(2), claim(fingerprint), answer, at(answered_at))
}

/// The store's answer when it has applied `commit`: each recipient's first entry.
fn applied(commit: RoomCommit) -> Committed {
    let parts = commit.into_parts();
    let entries = parts.events.into_iter().flat_map(|outgoing| {
        let event = outgoing.event;
        let entry = move |recipient| InboxEntry { recipient, seq: Seq::new(1), event: Arc::clone(&event) };
        outgoing.recipients.into_iter().map(entry)
    });
    Committed::Applied(entries.collect())
}

fn users_know(users: Vec<User>) -> MockUserRepo {
    let mut repo = MockUserRepo::new();
    repo.expect_find_many().returning(move |_| Ok(users.clone()));
    repo
}

fn rooms_without_a_direct_one() -> MockRoomRepo {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_direct().returning(|_| Ok(None));
    rooms
}

fn silent() -> MockNotifier {
    let mut notifier = MockNotifier::new();
    notifier.expect_notify().never();
    notifier
}

fn listening() -> MockNotifier {
    let mut notifier = MockNotifier::new();
    notifier.expect_notify().returning(|_| Ok(()));
    notifier
}

/// Alice stands like this towards bobby.
fn alice(policy: ContactPolicy, blocks: bool) -> MockContactRepo {
    let mut contacts = MockContactRepo::new();
    contacts
        .expect_stances()
        .withf(|of, towards| *towards == user_id(2) && !of.contains(&user_id(2)))
        .returning(move |_, _| Ok(vec![Stance { user: user_id(1), policy, blocks }]));
    contacts
}

fn wire(users: MockUserRepo, rooms: MockRoomRepo, notifier: MockNotifier) -> CreateRoom {
    wire_with(users, alice(ContactPolicy::Everyone, false), rooms, notifier)
}

fn wire_with(
    users: MockUserRepo,
    contacts: MockContactRepo,
    rooms: MockRoomRepo,
    notifier: MockNotifier,
) -> CreateRoom {
    let (users, contacts, rooms) = (Arc::new(users), Arc::new(contacts), Arc::new(rooms));
    CreateRoom::new(users, contacts, rooms, Arc::new(notifier), stopped_clock(), counted_ids())
}

#[tokio::test]
async fn who_does_not_accept_rooms_is_reported_and_nothing_is_written() {
    for (policy, blocks) in
        [(ContactPolicy::Nobody, false), (ContactPolicy::Everyone, true), (ContactPolicy::SharedRooms, false)]
    {
        let mut rooms = rooms_without_a_direct_one();
        rooms.expect_share_a_room().returning(|_, _, _| Ok(Vec::new()));
        rooms.expect_commit().never();
        let create = wire_with(users_know(alice_and_bobby()), alice(policy, blocks), rooms, silent());
        let refused = create.execute(ask_for_direct(1, None)).await;
        assert!(matches!(refused, Err(CreateRoomError::NotAccepted(ids)) if ids == [user_id(1)]), "{policy:?}");
    }
}

#[tokio::test]
async fn who_shares_a_room_is_accepted_where_that_is_asked_for() {
    let mut rooms = rooms_without_a_direct_one();
    rooms
        .expect_share_a_room()
        .withf(|user, others, now| (*user, others, *now) == (user_id(2), &[user_id(1)][..], at(NOW)))
        .once()
        .returning(|_, others, _| Ok(others.to_vec()));
    rooms.expect_commit().once().returning(|commit| Ok(applied(commit)));
    let contacts = alice(ContactPolicy::SharedRooms, false);
    let create = wire_with(users_know(alice_and_bobby()), contacts, rooms, listening());
    assert!(create.execute(ask_for_direct(1, None)).await.unwrap().created);
}

#[tokio::test]
async fn the_direct_room_that_exists_is_answered_whatever_the_stances() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_direct().once().returning(|_| Ok(Some(direct_room())));
    rooms.expect_commit().never();
    let contacts = alice(ContactPolicy::Nobody, true);
    let create = wire_with(users_know(alice_and_bobby()), contacts, rooms, silent());
    assert!(!create.execute(ask_for_direct(1, None)).await.unwrap().created);
}

#[tokio::test]
async fn stances_that_cannot_be_read_write_nothing() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().never();
    let mut contacts = MockContactRepo::new();
    contacts.expect_stances().returning(|_, _| Err(ReadError::Unavailable(engine_says())));
    let create = wire_with(users_know(alice_and_bobby()), contacts, rooms, silent());
    assert!(matches!(create.execute(ask_for_direct(1, None)).await, Err(CreateRoomError::Unavailable(_))));
}

#[tokio::test]
async fn a_room_is_committed_whole_and_then_its_participants_are_notified() {
    let mut order = mockall::Sequence::new();
    let mut users = MockUserRepo::new();
    users.expect_find_many().withf(|ids| ids == [user_id(2), user_id(1)]).once().returning(|_| Ok(alice_and_bobby()));
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().once().in_sequence(&mut order).returning(|commit| {
        assert_eq!(commit.parts().expected, Expected::Absent);
        assert_eq!(commit.parts().participants.len(), 2);
        Ok(applied(commit))
    });
    let mut notifier = MockNotifier::new();
    notifier.expect_notify().once().in_sequence(&mut order).returning(|notices| {
        let told: Vec<UserId> = notices.iter().map(Notice::recipient).collect();
        assert_eq!(told, [user_id(1), user_id(2)]);
        let Notice::Entry(entry) = &notices[0] else { panic!("an entry expected") };
        let RoomEventKind::Created(room) = &entry.event.kind else { panic!("a creation expected") };
        assert_eq!(room.name_for(user_id(1)), "bobby");
        Ok(())
    });

    let opened = wire(users, rooms, notifier).execute(ask_for_direct(1, None)).await.unwrap();
    assert!(opened.created && !opened.replayed);
    assert_eq!(opened.view.name(), "alice");
    assert_eq!(opened.view.room.created_at, at(NOW));
}

#[tokio::test]
async fn an_absent_creator_is_reported_and_nothing_is_written() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().never();
    let create = wire(users_know(vec![user(1, "alice")]), rooms, silent());
    let refused = create.execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::CreatorNotFound(id)) if id == user_id(2)));
}

#[tokio::test]
async fn an_absent_participant_is_reported_and_nothing_is_written() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().never();
    let create = wire(users_know(alice_and_bobby()), rooms, silent());
    let refused = create.execute(ask_for_direct(7, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::ParticipantsNotFound(ids)) if ids == [user_id(7)]));
}

#[tokio::test]
async fn the_direct_room_that_exists_is_answered_and_no_one_is_notified() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_direct().once().returning(|_| Ok(Some(direct_room())));
    rooms.expect_commit().never();
    let opened = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await.unwrap();
    assert!(!opened.created);
    assert_eq!(opened.view.room.room_id, direct_room().id());
}

#[tokio::test]
async fn who_loses_the_race_for_a_direct_room_is_answered_the_winners() {
    let mut rooms = MockRoomRepo::new();
    let mut order = mockall::Sequence::new();
    rooms.expect_find_direct().once().in_sequence(&mut order).returning(|_| Ok(None));
    rooms.expect_commit().once().in_sequence(&mut order).returning(|_| Err(CommitError::Conflict));
    rooms.expect_find_direct().once().in_sequence(&mut order).returning(|_| Ok(Some(direct_room())));
    let opened = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await.unwrap();
    assert!(!opened.created);
}

#[tokio::test]
async fn endless_conflicts_are_given_up() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().times(DECISIONS).returning(|_| Err(CommitError::Conflict));
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::Contended)));
}

#[tokio::test]
async fn a_commit_of_unknown_outcome_is_repeated_with_the_same_id_and_wakes_everyone() {
    let mut rooms = rooms_without_a_direct_one();
    let first = Arc::new(std::sync::Mutex::new(None));
    rooms.expect_commit().times(2).returning(move |commit| {
        let mut first = first.lock().unwrap();
        match first.take() {
            None => {
                *first = Some(commit);
                Err(CommitError::OutcomeUnknown(engine_says()))
            }
            Some(earlier) => {
                assert_eq!(commit, earlier);
                Ok(Committed::AlreadyApplied)
            }
        }
    });
    let mut notifier = MockNotifier::new();
    notifier
        .expect_notify()
        .withf(|notices| *notices == [Notice::Wake(user_id(1)), Notice::Wake(user_id(2))])
        .once()
        .returning(|_| Ok(()));
    let opened = wire(users_know(alice_and_bobby()), rooms, notifier).execute(ask_for_direct(1, None)).await.unwrap();
    assert!(opened.created);
}

#[tokio::test]
async fn an_outcome_that_stays_unknown_is_reported_as_such() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().returning(|_| Err(CommitError::OutcomeUnknown(engine_says())));
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::OutcomeUnknown(_))));
}

#[tokio::test]
async fn an_outcome_stays_unknown_when_the_store_is_gone_afterwards() {
    let mut rooms = rooms_without_a_direct_one();
    let mut order = mockall::Sequence::new();
    let unknown = |_| Err(CommitError::OutcomeUnknown(engine_says()));
    rooms.expect_commit().once().in_sequence(&mut order).returning(unknown);
    rooms.expect_commit().returning(|_| Err(CommitError::Unavailable(engine_says())));
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::OutcomeUnknown(_))));
}

#[tokio::test]
async fn a_notifier_that_fails_does_not_cost_the_room() {
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().once().returning(|commit| Ok(applied(commit)));
    let mut notifier = MockNotifier::new();
    notifier.expect_notify().once().returning(|_| Err(NotifyError(engine_says())));
    let opened = wire(users_know(alice_and_bobby()), rooms, notifier).execute(ask_for_direct(1, None)).await;
    assert!(opened.unwrap().created);
}

#[tokio::test]
async fn what_the_stores_say_is_passed_on_and_nothing_is_written() {
    let mut users = MockUserRepo::new();
    users.expect_find_many().returning(|_| Err(ReadError::Unavailable(engine_says())));
    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().never();
    let refused = wire(users, rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::Unavailable(_))));

    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_direct().returning(|_| Err(ReadError::Corrupt(engine_says())));
    rooms.expect_commit().never();
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::Corrupt(_))));

    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().once().returning(|_| Err(CommitError::Unavailable(engine_says())));
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::Unavailable(_))));

    let mut rooms = rooms_without_a_direct_one();
    rooms.expect_commit().once().returning(|_| Err(CommitError::Corrupt(engine_says())));
    let refused = wire(users_know(alice_and_bobby()), rooms, silent()).execute(ask_for_direct(1, None)).await;
    assert!(matches!(refused, Err(CreateRoomError::Corrupt(_))));
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_without_a_write() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_answer().once().returning(|_, _| Ok(Some(record(7, NOW))));
    rooms.expect_commit().never();
    let create = wire(MockUserRepo::new(), rooms, silent());
    let opened = create.execute(ask_for_direct(1, Some(claim(7)))).await.unwrap();
    assert!(opened.created && opened.replayed);
    assert_eq!(opened.view.room, record(7, NOW).answer.room);
}

#[tokio::test]
async fn a_key_that_names_another_request_is_refused() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_answer().once().returning(|_, _| Ok(Some(record(8, NOW))));
    rooms.expect_commit().never();
    let refused = wire(MockUserRepo::new(), rooms, silent()).execute(ask_for_direct(1, Some(claim(7)))).await;
    assert!(matches!(refused, Err(CreateRoomError::KeyReused)));
}

#[tokio::test]
async fn an_expired_answer_does_not_count() {
    let mut rooms = rooms_without_a_direct_one();
    let a_day = i64::try_from(crate::IDEMPOTENCY_KEPT_FOR.as_micros()).unwrap();
    rooms.expect_find_answer().returning(move |_, _| Ok(Some(record(8, NOW - a_day))));
    rooms.expect_commit().once().returning(|commit| {
        assert!(commit.parts().idempotency.is_some());
        Ok(applied(commit))
    });
    let create = wire(users_know(alice_and_bobby()), rooms, listening());
    let opened = create.execute(ask_for_direct(1, Some(claim(7)))).await.unwrap();
    assert!(opened.created && !opened.replayed);
}

#[tokio::test]
async fn the_answer_with_an_existing_direct_room_is_remembered_too() {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find_answer().once().returning(|_, _| Ok(None));
    rooms.expect_find_direct().once().returning(|_| Ok(Some(direct_room())));
    rooms.expect_commit().once().returning(|commit| {
        assert_eq!(commit.parts().expected, Expected::Revision(direct_room().revision()));
        assert!(commit.parts().events.is_empty());
        assert!(!commit.parts().idempotency.as_ref().unwrap().answer.created);
        Ok(applied(commit))
    });
    let create = wire(users_know(alice_and_bobby()), rooms, silent());
    let opened = create.execute(ask_for_direct(1, Some(claim(7)))).await.unwrap();
    assert!(!opened.created);
}

#[tokio::test]
async fn a_request_that_is_being_worked_on_is_not_worked_on_twice() {
    let rooms = MockRoomRepo::new();
    let create = wire(MockUserRepo::new(), rooms, silent());
    let _under_way = create.in_progress.claim(user_id(2), &claim(7).key).unwrap();
    let refused = create.execute(ask_for_direct(1, Some(claim(7)))).await;
    assert!(matches!(refused, Err(CreateRoomError::InProgress)));
}
