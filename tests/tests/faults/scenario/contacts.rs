//! People say who may open rooms with them.

use async_trait::async_trait;
use parlour_domain::usecase::BlockUserError;
use parlour_domain::{Block, ContactPolicy};

use super::creating::{direct, group, refused};
use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 4] =
        [Box::new(ChangingPolicy), Box::new(Blocking), Box::new(Unblocking), Box::new(Meeting)];
    all.into_iter()
}

/// The blocked of Alice, each once.
async fn is_blocked(world: &World) -> bool {
    let World { alice, bob, .. } = world;
    let blocks = world.engine.contacts.list_blocked(alice.id, None, 10).await.unwrap();
    let stances = world.engine.contacts.stances(&[alice.id], bob.id).await.unwrap();
    let blocks = blocks.iter().filter(|block| block.blocked == bob.id).count();
    assert_eq!(blocks, usize::from(stances.iter().any(|stance| stance.blocks)), "listed, and asked for");
    blocks == 1
}

struct ChangingPolicy;

#[async_trait]
impl Scenario for ChangingPolicy {
    fn name(&self) -> String {
        "a contact policy is changed".to_owned()
    }

    fn drives(&self) -> &'static str {
        "ContactSettings::change"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.contact_settings.change(world.alice.id, ContactPolicy::Nobody).await {
            Ok(()) => Outcome::Done("changed".to_owned()),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.contact_settings.change(world.alice.id, ContactPolicy::SharedRooms).await.unwrap();
        node.contact_settings.change(world.bob.id, ContactPolicy::SharedRooms).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        match world.engine.contacts.policy_of(world.alice.id).await.unwrap() {
            ContactPolicy::Nobody => Ok(()),
            other => Err(format!("the last policy that was asked for is not there, but {other:?}")),
        }
    }
}

struct Blocking;

#[async_trait]
impl Scenario for Blocking {
    fn name(&self) -> String {
        "a user is blocked".to_owned()
    }

    fn drives(&self) -> &'static str {
        "BlockUser::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.block_user.execute(world.alice.id, world.bob.id).await {
            Ok(()) => Outcome::Done("blocked".to_owned()),
            Err(BlockUserError::Read(error)) => error.into(),
            Err(BlockUserError::Write(error)) => error.into(),
            Err(error @ (BlockUserError::Oneself | BlockUserError::NotFound(_))) => Outcome::Refused(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.unblock_user.execute(world.alice.id, world.bob.id).await.unwrap();
        node.block_user.execute(world.bob.id, world.alice.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        if is_blocked(world).await { Ok(()) } else { Err("the blocked user is not blocked".to_owned()) }
    }
}

struct Unblocking;

#[async_trait]
impl Scenario for Unblocking {
    fn name(&self) -> String {
        "a user is unblocked".to_owned()
    }

    fn drives(&self) -> &'static str {
        "UnblockUser::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, .. } = world;
        let block = Block { user: alice.id, blocked: bob.id, at: world.now() };
        world.engine.contacts.block(block).await.unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.unblock_user.execute(world.alice.id, world.bob.id).await {
            Ok(true) => Outcome::Done("unblocked".to_owned()),
            Ok(false) => Outcome::Refused("no such block".to_owned()),
            Err(error) => error.into(),
        }
    }

    /// Whom a node unblocked is blocked again.
    async fn conflict(&self, world: &World, node: &Node) {
        node.block_user.execute(world.bob.id, world.alice.id).await.unwrap();
        node.block_user.execute(world.alice.id, world.bob.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        if is_blocked(world).await { Err("the unblocked user is still blocked".to_owned()) } else { Ok(()) }
    }
}

struct Meeting;

#[async_trait]
impl Scenario for Meeting {
    fn name(&self) -> String {
        "a direct room is created with somebody who accepts only those they know".to_owned()
    }

    fn drives(&self) -> &'static str {
        "CreateRoom::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::WhatIsThere
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        world.node().create_room.execute(group(carol, &[alice, bob])).await.unwrap();
        world.engine.contacts.set_policy(bob.id, ContactPolicy::SharedRooms).await.unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.create_room.execute(direct(&world.alice, &world.bob)).await {
            Ok(opened) => Outcome::Done(format!("{:?}", opened.view)),
            Err(error) => refused(&error),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.contact_settings.change(world.bob.id, ContactPolicy::Nobody).await.unwrap();
        node.block_user.execute(world.bob.id, world.alice.id).await.unwrap();
    }
}
