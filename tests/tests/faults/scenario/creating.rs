//! Rooms are created.

use async_trait::async_trait;
use parlour_domain::usecase::{CreateRoomCommand, CreateRoomError, RoomOpened};
use parlour_domain::{Fingerprint, IdempotencyClaim, Invitees, RoomPlan, Ttl, User};
use parlour_store_contract::fixture;

use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

/// How long an ephemeral room lives here, in seconds.
pub(crate) const LIFETIME: i64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    NewDirect,
    ExistingDirect,
    Group,
    Ephemeral,
}

struct Creating {
    what: What,
    is_keyed: bool,
}

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let kinds = [What::NewDirect, What::ExistingDirect, What::Group, What::Ephemeral];
    let each = kinds.into_iter().flat_map(|what| [false, true].map(|is_keyed| Creating { what, is_keyed }));
    each.map(|creating| Box::new(creating) as Box<dyn Scenario>)
}

pub(crate) fn direct(creator: &User, peer: &User) -> CreateRoomCommand {
    let plan = RoomPlan::direct(invite(creator, &[peer])).unwrap();
    CreateRoomCommand { creator: creator.id, plan, idempotency: None }
}

pub(crate) fn group(creator: &User, invited: &[&User]) -> CreateRoomCommand {
    let plan = RoomPlan::group(invite(creator, invited), Some(fixture::room_name("Tea")));
    CreateRoomCommand { creator: creator.id, plan, idempotency: None }
}

pub(crate) fn ephemeral(creator: &User, invited: &[&User]) -> CreateRoomCommand {
    let plan = RoomPlan::ephemeral(invite(creator, invited), None, Ttl::parse(LIFETIME).unwrap());
    CreateRoomCommand { creator: creator.id, plan, idempotency: None }
}

/// The same under a key; `print` tells one request under it from another.
pub(crate) fn keyed(command: CreateRoomCommand, print: u8) -> CreateRoomCommand {
    let claim = IdempotencyClaim { key: fixture::key("key"), fingerprint: Fingerprint::from_bytes([print; 32]) };
    CreateRoomCommand { idempotency: Some(claim), ..command }
}

fn invite(creator: &User, invited: &[&User]) -> Invitees {
    Invitees::parse(creator.id, invited.iter().map(|user| user.id).collect()).unwrap()
}

impl Creating {
    fn command(&self, world: &World) -> CreateRoomCommand {
        let World { alice, bob, carol, .. } = world;
        let command = match self.what {
            What::NewDirect | What::ExistingDirect => direct(alice, bob),
            What::Group => group(alice, &[bob, carol]),
            What::Ephemeral => ephemeral(alice, &[carol, bob]),
        };
        if self.is_keyed { keyed(command, 1) } else { command }
    }
}

#[async_trait]
impl Scenario for Creating {
    fn name(&self) -> String {
        let what = match self.what {
            What::NewDirect => "a direct room is created",
            What::ExistingDirect => "a direct room is asked for that exists",
            What::Group => "a group is created",
            What::Ephemeral => "an ephemeral room is created",
        };
        format!("{what}{}", if self.is_keyed { " under a key" } else { "" })
    }

    fn drives(&self) -> &'static str {
        "CreateRoom::execute"
    }

    fn repeats(&self) -> Repeats {
        match (self.is_keyed, self.what) {
            (true, _) => Repeats::TheSame,
            (false, What::NewDirect | What::ExistingDirect) => Repeats::WhatIsThere,
            (false, What::Group | What::Ephemeral) => Repeats::Afresh,
        }
    }

    async fn prepare(&self, world: &World) {
        if self.what == What::ExistingDirect {
            let opened = world.node().create_room.execute(direct(&world.bob, &world.alice)).await.unwrap();
            world.room.set(opened.view.room.room_id).unwrap();
        }
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.create_room.execute(self.command(world)).await {
            Ok(RoomOpened { view, created, replayed: _ }) if self.is_keyed => {
                Outcome::Done(format!("created: {created}, {view:?}"))
            }
            Ok(RoomOpened { view, created: _, replayed: _ }) => Outcome::Done(format!("{view:?}")),
            Err(error) => refused(&error),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        let World { alice, bob, .. } = world;
        let outcome = match (self.what, self.is_keyed) {
            (What::NewDirect, _) => node.create_room.execute(direct(bob, alice)).await,
            (What::ExistingDirect, _) => {
                // The request may have found it gone and made another one, which is alice's to delete.
                drop(node.delete_room.execute(bob.id, world.room()).await);
                return;
            }
            (What::Group | What::Ephemeral, true) => node.create_room.execute(keyed(group(alice, &[bob]), 2)).await,
            (What::Group | What::Ephemeral, false) => node.create_room.execute(group(bob, &[alice])).await,
        };
        assert!(matches!(outcome, Ok(_) | Err(CreateRoomError::KeyReused)), "{outcome:?}");
    }
}

pub(crate) fn refused(error: &CreateRoomError) -> Outcome {
    let text = error.to_string();
    match error {
        CreateRoomError::CreatorNotFound(_)
        | CreateRoomError::ParticipantsNotFound(_)
        | CreateRoomError::NotAccepted(_)
        | CreateRoomError::KeyReused
        | CreateRoomError::InProgress => Outcome::Refused(text),
        CreateRoomError::Contended | CreateRoomError::Unavailable(_) | CreateRoomError::Corrupt(_) => {
            Outcome::Unavailable(text)
        }
        CreateRoomError::OutcomeUnknown(_) => Outcome::Unknown(text),
    }
}
