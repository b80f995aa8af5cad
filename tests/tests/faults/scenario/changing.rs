//! Groups change.

use std::fmt::Debug;
use std::pin::Pin;

use async_trait::async_trait;
use parlour_domain::Role;
use parlour_domain::usecase::ChangeRoomError;
use parlour_store_contract::fixture;

use super::creating::group;
use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

type Request = for<'a> fn(&'a World, &'a Node) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A change of alice's group, in which bob is too.
struct Changing {
    drives: &'static str,
    repeats: Repeats,
    request: Request,
}

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all = [
        changing("AddParticipant::execute", Repeats::Once, |world, node| {
            Box::pin(async {
                let World { alice, carol, .. } = world;
                changed(node.add_participant.execute(alice.id, world.room(), carol.id, Role::Member).await)
            })
        }),
        changing("RemoveParticipant::execute", Repeats::Once, |world, node| {
            Box::pin(async {
                changed(node.remove_participant.execute(world.alice.id, world.room(), world.bob.id).await)
            })
        }),
        changing("ChangeRole::execute", Repeats::WhatIsThere, |world, node| {
            Box::pin(async {
                let World { alice, bob, .. } = world;
                changed(node.change_role.execute(alice.id, world.room(), bob.id, Role::Admin).await)
            })
        }),
        changing("RenameRoom::execute", Repeats::WhatIsThere, |world, node| {
            Box::pin(async {
                let name = Some(fixture::room_name("Coffee"));
                changed(node.rename_room.execute(world.alice.id, world.room(), name).await)
            })
        }),
    ];
    all.into_iter().map(|changing| Box::new(changing) as Box<dyn Scenario>)
}

fn changing(drives: &'static str, repeats: Repeats, request: Request) -> Changing {
    Changing { drives, repeats, request }
}

fn changed<T: Debug>(outcome: Result<T, ChangeRoomError>) -> Outcome {
    match outcome {
        Ok(answer) => Outcome::Done(format!("{answer:?}")),
        Err(ChangeRoomError::Refused(refused)) => Outcome::Refused(refused.to_string()),
        Err(error @ ChangeRoomError::OutcomeUnknown(_)) => Outcome::Unknown(error.to_string()),
        Err(error @ (ChangeRoomError::Contended | ChangeRoomError::Unavailable(_) | ChangeRoomError::Corrupt(_))) => {
            Outcome::Unavailable(error.to_string())
        }
    }
}

#[async_trait]
impl Scenario for Changing {
    fn name(&self) -> String {
        format!("{} changes a group", self.drives)
    }

    fn drives(&self) -> &'static str {
        self.drives
    }

    fn repeats(&self) -> Repeats {
        self.repeats
    }

    async fn prepare(&self, world: &World) {
        let opened = world.node().create_room.execute(group(&world.alice, &[&world.bob])).await.unwrap();
        world.room.set(opened.view.room.room_id).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        (self.request)(world, node).await
    }

    async fn conflict(&self, world: &World, node: &Node) {
        let name = Some(fixture::room_name("Cake"));
        node.rename_room.execute(world.alice.id, world.room(), name).await.unwrap();
    }
}
