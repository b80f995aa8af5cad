//! How groups change: who is in them, as what, and what they are called.

use std::fmt;
use std::sync::Arc;

use parlour_domain::usecase::{AddParticipant, ChangeRole, RemoveParticipant, RenameRoom, RoomChanger};
use parlour_domain::{Role, Room, RoomKind, RoomName, UserId};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Nth, Person, nth, person};
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::{Moment, Stage};

/// A change of a group that was in that state once; it may have another by now.
#[derive(Clone, PartialEq)]
pub(crate) struct Group {
    state: Nth,
    by: By,
    what: What,
}

#[derive(Clone, PartialEq)]
enum By {
    Owner,
    /// Whoever they are.
    User(Person),
}

#[derive(Clone, PartialEq)]
enum What {
    Add(Person, Role),
    Remove(Seat),
    /// Whoever asked leaves.
    Leave,
    ChangeRole(Seat, Role),
    Rename(Option<&'static str>),
}

/// A participant by the order of ids, which wraps.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Seat(u8);

impl Seat {
    pub(super) fn of(self, room: &Room) -> UserId {
        room.participants()[usize::from(self.0) % room.participants().len()].user_id
    }
}

pub(super) fn seat() -> impl Strategy<Value = Seat> {
    (0..5u8).prop_map(Seat)
}

pub(super) fn role() -> impl Strategy<Value = Role> {
    select(&[Role::Member, Role::Admin, Role::Owner][..])
}

pub(super) fn owner(room: &Room) -> UserId {
    let owner = room.participants().iter().find(|participant| participant.role == Role::Owner);
    owner.map_or(room.created_by(), |owner| owner.user_id)
}

pub(super) fn group() -> impl Strategy<Value = Group> {
    let by = prop_oneof![3 => Just(By::Owner), 2 => person().prop_map(By::User)];
    let what = prop_oneof![
        4 => (person(), role()).prop_map(|(who, role)| What::Add(who, role)),
        2 => seat().prop_map(What::Remove),
        1 => Just(What::Leave),
        2 => (seat(), role()).prop_map(|(seat, role)| What::ChangeRole(seat, role)),
        2 => select(&[None, Some("Tea & 🦊"), Some("Coffee")][..]).prop_map(What::Rename),
    ];
    (nth(), by, what).prop_map(|(state, by, what)| Group { state, by, what })
}

impl Group {
    pub(super) fn call(&self, model: &Model, moment: Moment) -> Call {
        let mut states = model.versions();
        states.retain(|room| room.kind() == RoomKind::Group);
        let Some(room) = self.state.of(&states) else { return Call::nothing(moment) };
        let by = match self.by {
            By::Owner => owner(&room),
            By::User(person) => person.id(model),
        };
        let id = room.id();
        match &self.what {
            What::Add(who, role) => {
                let (who, role) = (who.id(model), *role);
                Call::new(moment, move |stage| async move {
                    Answer::from(AddParticipant::new(changer(&stage)).execute(by, id, who, role).await)
                })
            }
            What::Remove(seat) => remove(by, &room, seat.of(&room), moment),
            What::Leave => remove(by, &room, by, moment),
            What::ChangeRole(seat, role) => {
                let (who, role) = (seat.of(&room), *role);
                Call::new(moment, move |stage| async move {
                    Answer::from(ChangeRole::new(changer(&stage)).execute(by, id, who, role).await)
                })
            }
            What::Rename(name) => {
                let name = name.map(|name| RoomName::parse(name).unwrap());
                Call::new(moment, move |stage| {
                    let name = name.clone();
                    async move { Answer::from(RenameRoom::new(changer(&stage)).execute(by, id, name).await) }
                })
            }
        }
    }
}

fn remove(by: UserId, room: &Room, who: UserId, moment: Moment) -> Call {
    let id = room.id();
    Call::new(moment, move |stage| async move {
        Answer::from(RemoveParticipant::new(changer(&stage)).execute(by, id, who).await)
    })
}

pub(super) fn changer(stage: &Arc<Stage>) -> RoomChanger {
    let ports = stage.ports.clone();
    RoomChanger::new(ports.users, ports.contacts, ports.rooms, stage.clone(), stage.clone(), stage.clone())
}

impl fmt::Debug for Group {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, by, what } = self;
        write!(out, "of the {state:?} state of a group, {by:?} {what:?}")
    }
}

impl fmt::Debug for By {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => write!(out, "the owner"),
            Self::User(person) => person.fmt(out),
        }
    }
}

impl fmt::Debug for What {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(who, role) => write!(out, "adds {who:?} as {}", role.as_str()),
            Self::Remove(seat) => write!(out, "removes {seat:?}"),
            Self::Leave => write!(out, "leaves"),
            Self::ChangeRole(seat, role) => write!(out, "makes {seat:?} {}", role.as_str()),
            Self::Rename(Some(name)) => write!(out, "calls it {name:?}"),
            Self::Rename(None) => write!(out, "takes its name away"),
        }
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "participant {}", self.0)
    }
}
