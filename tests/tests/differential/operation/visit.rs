//! What people do with rooms, through the use cases.

use std::fmt;

use parlour_domain::usecase::{
    CreateRoom, CreateRoomCommand, DeleteRoom, ExpireRooms, ForgetOld, GetRoom, ListRooms, ReadInbox,
};
use parlour_domain::{Room, RoomCursor, RoomId, Seq, UserId};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Key, Nth, Person, Wish, key, limit, nth, person, wish};
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::{Moment, Ports};

#[derive(Clone, PartialEq)]
pub(crate) enum Visit {
    Create {
        who: Person,
        wish: Wish,
        key: Option<Key>,
        /// The new room's id is lower than those before.
        is_id_lower: bool,
    },
    /// The same request once more.
    CreateAgain(Nth),
    Delete(Person, Nth),
    /// By whoever created it.
    DeleteOwn(Nth),
    Get(Person, Nth),
    /// After the place that the room had in any of its states.
    List(Person, Option<Nth>, u32),
    ReadInbox(Person, u64, u32),
    Sweep,
    ForgetOld,
}

pub(super) fn visit() -> impl Strategy<Value = Visit> {
    prop_oneof![
        4 => write(),
        3 => read(),
        1 => Just(Visit::Sweep),
        1 => Just(Visit::ForgetOld),
    ]
}

/// What is one write, or none.
pub(super) fn write() -> impl Strategy<Value = Visit> {
    let create = (person(), wish(), proptest::option::weighted(0.5, key()), proptest::bool::weighted(0.3))
        .prop_map(|(who, wish, key, is_id_lower)| Visit::Create { who, wish, key, is_id_lower });
    prop_oneof![
        8 => create,
        3 => nth().prop_map(Visit::CreateAgain),
        2 => nth().prop_map(Visit::DeleteOwn),
        1 => (person(), nth()).prop_map(|(who, room)| Visit::Delete(who, room)),
    ]
}

pub(super) fn read() -> impl Strategy<Value = Visit> {
    let since = select(&[0, 1, 2, 3, 5, 8, 20, u64::MAX][..]);
    prop_oneof![
        1 => (person(), nth()).prop_map(|(who, room)| Visit::Get(who, room)),
        3 => (person(), proptest::option::of(nth()), limit())
            .prop_map(|(who, after, limit)| Visit::List(who, after, limit)),
        2 => (person(), since, limit()).prop_map(|(who, since, limit)| Visit::ReadInbox(who, since, limit)),
    ]
}

impl Visit {
    pub(super) fn call(&self, model: &mut Model, moment: Moment) -> Call {
        match self {
            Self::Create { who, wish, key, is_id_lower } => {
                let creator = who.id(model);
                let Some(plan) = wish.plan(creator, model) else { return Call::nothing(moment) };
                let idempotency = key.map(|key| key.claim(&plan));
                let command = CreateRoomCommand { creator, plan, idempotency };
                model.asked.creations.push(command.clone());
                create(command, Moment { backwards: *is_id_lower, ..moment })
            }
            Self::CreateAgain(nth) => match nth.of(&model.asked.creations) {
                Some(command) => create(command, moment),
                None => Call::nothing(moment),
            },
            Self::Delete(who, nth) => match nth.of(&model.rooms()) {
                Some(room) => delete(who.id(model), room, moment),
                None => Call::nothing(moment),
            },
            Self::DeleteOwn(nth) => match nth.of(&model.versions()) {
                Some(room) => delete(room.created_by(), room.id(), moment),
                None => Call::nothing(moment),
            },
            Self::Get(who, nth) => match nth.of(&model.rooms()) {
                Some(room) => get(who.id(model), room, moment),
                None => Call::nothing(moment),
            },
            Self::List(who, after, limit) => {
                let after = after.and_then(|nth| nth.of(&model.versions()));
                list(who.id(model), after.as_ref().map(Room::cursor), *limit, moment)
            }
            Self::ReadInbox(who, since, limit) => {
                let (user, since, limit) = (who.id(model), Seq::new(*since), *limit);
                Call::new(moment, move |stage| async move {
                    let read = ReadInbox::new(stage.ports.inboxes.clone());
                    Answer::from(read.execute(user, since, limit).await)
                })
            }
            Self::Sweep => sweep(moment),
            Self::ForgetOld => forget_old(moment),
        }
    }
}

fn create(command: CreateRoomCommand, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let command = command.clone();
        async move {
            let Ports { users, contacts, rooms, .. } = stage.ports.clone();
            // One of its own, as if each request met another node.
            let create = CreateRoom::new(users, contacts, rooms, stage.clone(), stage.clone(), stage.clone());
            Answer::from(create.execute(command).await)
        }
    })
}

fn delete(who: UserId, room: RoomId, moment: Moment) -> Call {
    Call::new(moment, move |stage| async move {
        let delete = DeleteRoom::new(stage.ports.rooms.clone(), stage.clone(), stage.clone(), stage.clone());
        Answer::from(delete.execute(who, room).await)
    })
}

fn get(who: UserId, room: RoomId, moment: Moment) -> Call {
    Call::new(moment, move |stage| async move {
        let get = GetRoom::new(stage.ports.users.clone(), stage.ports.rooms.clone(), stage.clone());
        Answer::from(get.execute(who, room).await)
    })
}

fn list(who: UserId, after: Option<RoomCursor>, limit: u32, moment: Moment) -> Call {
    Call::new(moment, move |stage| async move {
        let list = ListRooms::new(stage.ports.users.clone(), stage.ports.rooms.clone(), stage.clone());
        Answer::from(list.execute(who, after, limit).await)
    })
}

fn sweep(moment: Moment) -> Call {
    let sweep = Call::new(moment, |stage| async move {
        let expire = ExpireRooms::new(stage.ports.rooms.clone(), stage.clone(), stage.clone(), stage.clone());
        Answer::from(expire.execute().await)
    });
    sweep.with_many_ids()
}

fn forget_old(moment: Moment) -> Call {
    Call::new(moment, |stage| async move {
        let (rooms, sessions) = (stage.ports.rooms.clone(), stage.ports.sessions.clone());
        let ceremonies = stage.ports.ceremonies.clone();
        let forget = ForgetOld::new(stage.ports.inboxes.clone(), rooms, sessions, ceremonies, stage.clone());
        Answer::from(forget.execute().await)
    })
}

impl fmt::Debug for Visit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { who, wish, key, is_id_lower } => {
                write!(out, "{who:?} creates a {wish:?}")?;
                key.map_or(Ok(()), |key| write!(out, " under {key:?}"))?;
                if *is_id_lower { write!(out, ", with an id lower than before") } else { Ok(()) }
            }
            Self::CreateAgain(nth) => write!(out, "the {nth:?} creation is asked for again"),
            Self::Delete(who, room) => write!(out, "{who:?} deletes the {room:?} room"),
            Self::DeleteOwn(room) => write!(out, "the creator of the {room:?} state of a room deletes it"),
            Self::Get(who, room) => write!(out, "{who:?} looks at the {room:?} room"),
            Self::List(who, None, limit) => write!(out, "{who:?} lists {limit} rooms"),
            Self::List(who, Some(after), limit) => {
                write!(out, "{who:?} lists {limit} rooms after the {after:?} state of a room")
            }
            Self::ReadInbox(who, since, limit) => write!(out, "{who:?} reads {limit} inbox entries since {since}"),
            Self::Sweep => write!(out, "expired rooms are swept"),
            Self::ForgetOld => write!(out, "what is old is forgotten"),
        }
    }
}
