//! What no use case asks of a store, but a store has to answer rightly.

use std::fmt;

use parlour_domain::{
    Answer as Answered, Change as Changing, CommitId, DirectPair, EventId, IdempotencyClaim, IdempotencyRecord,
    Opening, Removal, Revision, Role, Room, RoomCommit, RoomId, RoomKind, RoomName, RoomParts, Seq, Timestamp, User,
    UserId,
};
use proptest::prelude::*;

use super::choice::{Key, Nth, Person, When, Wish, key, limit, nth, person, when, wish};
use super::group::{Seat, owner, role, seat};
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::Moment;

#[derive(Clone, PartialEq)]
pub(crate) enum Raw {
    /// A commit that was tried before, whatever came of it.
    CommitAgain(Nth),
    /// A creation whatever exists.
    Open {
        who: Person,
        wish: Wish,
        key: Option<Key>,
    },
    /// One under the id of a room that is there.
    OpenAgain {
        who: Person,
        wish: Wish,
        room: Nth,
    },
    /// A change of a room as it was in any of its states.
    Change(Nth, Change),
    FindDirect(Person, Person),
    FindAnswer(Person, Key),
    ListOf {
        who: Person,
        at: When,
        after: Option<Nth>,
        limit: u32,
    },
    ListExpired(When, u32),
    Read(Person, u64, u32),
    Heads(Vec<Person>),
    Forget(When),
    ForgetAnswers(When),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Change {
    Delete,
    Expire,
    /// Nothing but an answer under a key.
    Answer(Key),
    /// Also the instant of its newest activity, and its name.
    Move(When),
    Admit(Person, Role),
    Remove(Seat),
}

pub(super) fn raw() -> impl Strategy<Value = Raw> {
    let list_of = (person(), when(), proptest::option::of(nth()), limit());
    prop_oneof![
        8 => write(),
        1 => (person(), wish(), nth()).prop_map(|(who, wish, room)| Raw::OpenAgain { who, wish, room }),
        1 => (person(), person()).prop_map(|(one, other)| Raw::FindDirect(one, other)),
        1 => (person(), key()).prop_map(|(who, key)| Raw::FindAnswer(who, key)),
        2 => list_of.prop_map(|(who, at, after, limit)| Raw::ListOf { who, at, after, limit }),
        1 => (when(), limit()).prop_map(|(at, limit)| Raw::ListExpired(at, limit)),
        1 => (person(), proptest::sample::select(&[0, 1, 2, 4, 9, u64::MAX][..]), limit())
            .prop_map(|(who, since, limit)| Raw::Read(who, since, limit)),
        1 => proptest::collection::vec(person(), 0..6).prop_map(Raw::Heads),
        2 => when().prop_map(Raw::Forget),
        1 => when().prop_map(Raw::ForgetAnswers),
    ]
}

/// What is one write, or none.
pub(super) fn write() -> impl Strategy<Value = Raw> {
    let change = prop_oneof![
        2 => Just(Change::Delete),
        2 => Just(Change::Expire),
        2 => key().prop_map(Change::Answer),
        3 => when().prop_map(Change::Move),
        2 => (person(), role()).prop_map(|(who, role)| Change::Admit(who, role)),
        2 => seat().prop_map(Change::Remove),
    ];
    let key = proptest::option::weighted(0.5, key());
    prop_oneof![
        2 => nth().prop_map(Raw::CommitAgain),
        2 => (person(), wish(), key).prop_map(|(who, wish, key)| Raw::Open { who, wish, key }),
        4 => (nth(), change).prop_map(|(nth, change)| Raw::Change(nth, change)),
    ]
}

impl Raw {
    pub(super) fn call(&self, model: &Model, moment: Moment) -> Call {
        match self {
            Self::CommitAgain(nth) => commit(nth.of(&model.repeatable_commits()), moment),
            Self::Open { who, wish, key } => {
                let id = RoomId::from_uuid(moment.uuid(0));
                commit(open(*who, wish, *key, id, model, moment), moment)
            }
            Self::OpenAgain { who, wish, room } => {
                let id = room.of(&model.stored_rooms());
                commit(id.and_then(|id| open(*who, wish, None, id, model, moment)), moment)
            }
            Self::Change(nth, change) => {
                let room = nth.of(&model.versions());
                commit(room.and_then(|room| changed(&room, *change, model, moment)), moment)
            }
            Self::FindDirect(one, other) => {
                let pair = DirectPair::new(one.id(model), other.id(model));
                Call::new(moment, move |stage| async move { Answer::from(stage.ports.rooms.find_direct(pair).await) })
            }
            Self::FindAnswer(who, key) => {
                let (who, key) = (who.id(model), key.name());
                Call::new(moment, move |stage| {
                    let key = key.clone();
                    async move { Answer::from(stage.ports.rooms.find_answer(who, &key).await) }
                })
            }
            Self::ListOf { who, at, after, limit } => {
                let after = after.and_then(|nth| nth.of(&model.versions())).map(|room| room.cursor());
                let (who, at, limit) = (who.id(model), at.at(moment), *limit);
                Call::new(moment, move |stage| async move {
                    Answer::from(stage.ports.rooms.list_of(who, at, after, limit).await)
                })
            }
            Self::ListExpired(at, limit) => {
                let (at, limit) = (at.at(moment), *limit);
                Call::new(
                    moment,
                    move |stage| async move { Answer::from(stage.ports.rooms.list_expired(at, limit).await) },
                )
            }
            Self::Read(who, since, limit) => {
                let (who, since, limit) = (who.id(model), Seq::new(*since), *limit);
                Call::new(moment, move |stage| async move {
                    Answer::from(stage.ports.inboxes.read(who, since, limit).await)
                })
            }
            Self::Heads(who) => heads(who.iter().map(|who| who.id(model)).collect(), moment),
            Self::Forget(before) => {
                let before = before.at(moment);
                Call::new(moment, move |stage| async move { Answer::from(stage.ports.inboxes.forget(before).await) })
            }
            Self::ForgetAnswers(at) => {
                let at = at.at(moment);
                Call::new(moment, move |stage| async move { Answer::from(stage.ports.rooms.forget_answers(at).await) })
            }
        }
    }
}

fn commit(commit: Option<RoomCommit>, moment: Moment) -> Call {
    let Some(commit) = commit else { return Call::nothing(moment) };
    Call::new(moment, move |stage| {
        let commit = commit.clone();
        async move { Answer::committed(stage.ports.rooms.commit(commit).await) }
    })
}

fn heads(users: Vec<UserId>, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let users = users.clone();
        async move {
            Answer::from(stage.ports.inboxes.heads(&users).await.map(|mut heads| {
                heads.sort_unstable();
                heads
            }))
        }
    })
}

fn open(
    who: Person,
    wish: &Wish,
    key: Option<Key>,
    room_id: RoomId,
    model: &Model,
    moment: Moment,
) -> Option<RoomCommit> {
    let creator = who.id(model);
    let plan = wish.plan(creator, model)?;
    let opening = Opening {
        room_id,
        event_id: EventId::from_uuid(moment.uuid(1)),
        commit_id: CommitId::from_uuid(moment.uuid(2)),
        now: moment.now,
    };
    let claim = key.map(|key| key.claim(&plan));
    Room::open(opening, creator, &plan, &model.people, claim).ok()
}

fn changed(room: &Room, change: Change, model: &Model, moment: Moment) -> Option<RoomCommit> {
    let people = &model.people;
    let removal = Removal {
        event_id: EventId::from_uuid(moment.uuid(1)),
        commit_id: CommitId::from_uuid(moment.uuid(2)),
        now: moment.now,
    };
    let changing = Changing {
        event_ids: [0, 1].map(|n| EventId::from_uuid(moment.uuid(n))),
        commit_id: removal.commit_id,
        now: moment.now,
    };
    match change {
        Change::Delete => room.delete(removal, owner(room)).ok(),
        Change::Expire => room.expire(removal),
        Change::Answer(key) => Some(answered(room, key, people, moment)),
        // A rule that gives it a revision of its own: of one revision there is one state.
        Change::Move(when) => moved(room, when.at(moment)).retell(changing, room.created_by(), people),
        Change::Admit(who, role) => room.admit(changing, owner(room), who.id(model), role, people).ok(),
        Change::Remove(seat) => room.remove_participant(changing, owner(room), seat.of(room), people).ok(),
    }
}

fn answered(room: &Room, key: Key, people: &[User], moment: Moment) -> RoomCommit {
    let answer = Answered { created: false, room: room.snapshot(people) };
    let claim = IdempotencyClaim {
        key: key.name(),
        fingerprint: parlour_domain::Fingerprint::from_bytes([room.revision().get().to_be_bytes()[7]; 32]),
    };
    let record = IdempotencyRecord::new(room.created_by(), claim, answer, moment.now);
    room.answer_again(CommitId::from_uuid(moment.uuid(2)), record)
}

/// The room with another instant of activity, and another name if its kind may have one.
fn moved(room: &Room, updated_at: Timestamp) -> Room {
    let parts = RoomParts {
        id: room.id(),
        kind: room.kind(),
        name: (room.kind() != RoomKind::Direct).then(|| RoomName::parse("Renamed").unwrap()),
        participants: room.participants().to_vec(),
        created_by: room.created_by(),
        created_at: room.created_at(),
        updated_at,
        revision: Revision::new(room.revision().get()),
    };
    Room::restore(parts).unwrap()
}

impl fmt::Debug for Raw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommitAgain(nth) => write!(out, "store: the {nth:?} commit again"),
            Self::Open { who, wish, key } => {
                write!(out, "store: {who:?} opens a {wish:?}")?;
                key.map_or(Ok(()), |key| write!(out, " under {key:?}"))
            }
            Self::OpenAgain { who, wish, room } => {
                write!(out, "store: {who:?} opens a {wish:?} with the id of the {room:?} room that is there")
            }
            Self::Change(nth, change) => write!(out, "store: the {nth:?} state of a room is {change:?}"),
            Self::FindDirect(one, other) => write!(out, "store: find the direct room of {one:?} and {other:?}"),
            Self::FindAnswer(who, key) => write!(out, "store: find the answer to {who:?} under {key:?}"),
            Self::ListOf { who, at, after, limit } => {
                write!(out, "store: list {limit} rooms of {who:?} at {at:?}")?;
                after.map_or(Ok(()), |after| write!(out, " after the {after:?} state of a room"))
            }
            Self::ListExpired(at, limit) => write!(out, "store: list {limit} rooms that are expired at {at:?}"),
            Self::Read(who, since, limit) => write!(out, "store: read {limit} entries of {who:?} since {since}"),
            Self::Heads(who) => write!(out, "store: the heads of {who:?}"),
            Self::Forget(before) => write!(out, "store: forget entries before {before:?}"),
            Self::ForgetAnswers(at) => write!(out, "store: forget answers that end by {at:?}"),
        }
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delete => write!(out, "deleted"),
            Self::Expire => write!(out, "expired"),
            Self::Answer(key) => write!(out, "the answer under {key:?}"),
            Self::Move(when) => write!(out, "moved to {when:?}"),
            Self::Admit(who, role) => write!(out, "joined by {who:?} as {}", role.as_str()),
            Self::Remove(seat) => write!(out, "left by {seat:?}"),
        }
    }
}
