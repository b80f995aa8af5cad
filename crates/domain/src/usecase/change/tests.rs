//! What holds for every change of a group, on mocks; and the mocks that the tests of each of them start from.

use super::super::testing::{counted_ids, engine_says, stopped_clock, user_id};
use super::super::{AddParticipant, ChangeRole, RemoveParticipant, RenameRoom};
use super::*;
use crate::mocks::{MockContactRepo, MockNotifier, MockRoomRepo, MockUserRepo};
use crate::port::{Committed, Notice, NotifyError};
use crate::room::change_tests::{club, users};
use crate::{Role, RoomName};

/// The store knows the club and answers nothing else.
pub(in super::super) fn rooms_with_the_club() -> MockRoomRepo {
    let mut rooms = MockRoomRepo::new();
    rooms.expect_find().returning(|id| Ok((id == club().id()).then(club)));
    rooms
}

/// The store knows those of the club and a few others.
pub(in super::super) fn users_know_everyone() -> MockUserRepo {
    let mut repo = MockUserRepo::new();
    repo.expect_find_many().returning(|ids| Ok(users().into_iter().filter(|user| ids.contains(&user.id)).collect()));
    repo
}

pub(in super::super) fn silent() -> MockNotifier {
    let mut notifier = MockNotifier::new();
    notifier.expect_notify().never();
    notifier
}

/// A notifier that wakes exactly these users, once.
pub(in super::super) fn waking(users: &'static [u128]) -> MockNotifier {
    let mut notifier = MockNotifier::new();
    let woken =
        move |notices: &Vec<Notice>| notices.iter().map(Notice::recipient).eq(users.iter().copied().map(user_id));
    notifier.expect_notify().withf(woken).once().returning(|_| Ok(()));
    notifier
}

/// Everyone accepts rooms from everyone.
fn open() -> MockContactRepo {
    let mut contacts = MockContactRepo::new();
    contacts.expect_stances().returning(|_, _| Ok(Vec::new()));
    contacts
}

pub(in super::super) fn wire(users: MockUserRepo, rooms: MockRoomRepo, notifier: MockNotifier) -> RoomChanger {
    wire_with(users, open(), rooms, notifier)
}

pub(in super::super) fn wire_with(
    users: MockUserRepo,
    contacts: MockContactRepo,
    rooms: MockRoomRepo,
    notifier: MockNotifier,
) -> RoomChanger {
    let (users, contacts, rooms) = (Arc::new(users), Arc::new(contacts), Arc::new(rooms));
    RoomChanger::new(users, contacts, rooms, Arc::new(notifier), stopped_clock(), counted_ids())
}

/// A store with the club that writes nothing, and a notifier that is silent.
pub(in super::super) fn unwritten() -> RoomChanger {
    let mut rooms = rooms_with_the_club();
    rooms.expect_commit().never();
    wire(users_know_everyone(), rooms, silent())
}

/// The four changes by `by`, each as what became of it.
async fn each(changer: &dyn Fn() -> RoomChanger, by: u128, room: RoomId) -> [Result<(), ChangeRoomError>; 4] {
    let (by, user) = (user_id(by), user_id(1));
    let name = RoomName::parse("Chess").ok();
    [
        AddParticipant::new(changer()).execute(by, room, user_id(6), Role::Member).await.map(drop),
        RemoveParticipant::new(changer()).execute(by, room, user_id(3)).await,
        ChangeRole::new(changer()).execute(by, room, user, Role::Admin).await.map(drop),
        RenameRoom::new(changer()).execute(by, room, name).await.map(drop),
    ]
}

#[tokio::test]
async fn to_a_stranger_and_in_an_absent_room_nothing_is_looked_up_nor_written() {
    let changer = || {
        let (mut users, mut rooms) = (MockUserRepo::new(), rooms_with_the_club());
        users.expect_find_many().never();
        rooms.expect_commit().never();
        wire(users, rooms, silent())
    };
    let absent = RoomId::from_uuid(uuid::Uuid::nil());
    for (by, room) in [(6, club().id()), (2, absent)] {
        for refused in each(&changer, by, room).await {
            assert!(matches!(refused, Err(ChangeRoomError::Refused(ChangeRefused::RoomNotFound))), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn who_may_not_changes_nothing() {
    for refused in each(&unwritten, 1, club().id()).await {
        assert!(matches!(refused, Err(ChangeRoomError::Refused(ChangeRefused::NotAllowed))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_conflict_is_decided_again_and_endless_ones_are_given_up() {
    let changer = || {
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().times(DECISIONS).returning(|_| Err(CommitError::Conflict));
        wire(users_know_everyone(), rooms, silent())
    };
    for refused in each(&changer, 2, club().id()).await {
        assert!(matches!(refused, Err(ChangeRoomError::Contended)), "{refused:?}");
    }
}

#[tokio::test]
async fn each_decision_is_another_commit_and_a_commit_of_unknown_outcome_is_repeated() {
    let mut rooms = rooms_with_the_club();
    let mut commits = Vec::new();
    rooms.expect_commit().times(4).returning(move |commit| {
        commits.push(commit.parts().id);
        match commits.as_slice() {
            [_] => Err(CommitError::Conflict),
            [first, second] => {
                assert_ne!(first, second);
                Err(CommitError::OutcomeUnknown(engine_says()))
            }
            [_, second, third] => {
                assert_eq!(second, third);
                Err(CommitError::OutcomeUnknown(engine_says()))
            }
            [.., third, fourth] => {
                assert_eq!(third, fourth);
                Ok(Committed::AlreadyApplied)
            }
            [] => unreachable!(),
        }
    });
    let changer = wire(users_know_everyone(), rooms, waking(&[1, 2, 3, 4]));
    let renamed = RenameRoom::new(changer).execute(user_id(2), club().id(), RoomName::parse("Chess").ok()).await;
    assert_eq!(renamed.unwrap().name(), "Chess");
}

#[tokio::test]
async fn a_notifier_that_fails_does_not_cost_the_change() {
    let changer = || {
        let mut rooms = rooms_with_the_club();
        rooms.expect_commit().once().returning(|_| Ok(Committed::AlreadyApplied));
        let mut notifier = MockNotifier::new();
        notifier.expect_notify().once().returning(|_| Err(NotifyError(engine_says())));
        wire(users_know_everyone(), rooms, notifier)
    };
    for changed in each(&changer, 2, club().id()).await {
        assert!(changed.is_ok(), "{changed:?}");
    }
}

#[tokio::test]
async fn what_the_room_store_says_of_a_commit_is_passed_on() {
    type IsExpected = fn(&ChangeRoomError) -> bool;
    let cases: [(fn() -> CommitError, IsExpected); 3] = [
        (|| CommitError::Unavailable(engine_says()), |error| matches!(error, ChangeRoomError::Unavailable(_))),
        (|| CommitError::OutcomeUnknown(engine_says()), |error| matches!(error, ChangeRoomError::OutcomeUnknown(_))),
        (|| CommitError::Corrupt(engine_says()), |error| matches!(error, ChangeRoomError::Corrupt(_))),
    ];
    for (said, is_expected) in cases {
        let changer = || {
            let mut rooms = rooms_with_the_club();
            rooms.expect_commit().returning(move |_| Err(said()));
            wire(users_know_everyone(), rooms, silent())
        };
        for refused in each(&changer, 2, club().id()).await {
            assert!(refused.as_ref().is_err_and(is_expected), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn what_the_stores_say_when_read_is_passed_on_and_nothing_is_written() {
    type IsExpected = fn(&ChangeRoomError) -> bool;
    let cases: [(fn() -> ReadError, IsExpected); 2] = [
        (|| ReadError::Unavailable(engine_says()), |error| matches!(error, ChangeRoomError::Unavailable(_))),
        (|| ReadError::Corrupt(engine_says()), |error| matches!(error, ChangeRoomError::Corrupt(_))),
    ];
    for (said, is_expected) in cases {
        let without_rooms = || {
            let mut rooms = MockRoomRepo::new();
            rooms.expect_find().returning(move |_| Err(said()));
            rooms.expect_commit().never();
            wire(users_know_everyone(), rooms, silent())
        };
        let without_users = || {
            let (mut users, mut rooms) = (MockUserRepo::new(), rooms_with_the_club());
            users.expect_find_many().returning(move |_| Err(said()));
            rooms.expect_commit().never();
            wire(users, rooms, silent())
        };
        let changers: [&dyn Fn() -> RoomChanger; 2] = [&without_rooms, &without_users];
        for changer in changers {
            for refused in each(changer, 2, club().id()).await {
                assert!(refused.as_ref().is_err_and(is_expected), "{refused:?}");
            }
        }
    }
}
