//! Rooms end, and what is old is forgotten.

use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::CEREMONY_LIFETIME;
use parlour_domain::usecase::{DeleteRoomError, Forgotten, INBOX_KEPT_FOR};

use super::creating::{LIFETIME, direct, ephemeral, group, keyed};
use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 5] = [
        Box::new(Deleting { is_direct: true }),
        Box::new(Deleting { is_direct: false }),
        Box::new(Sweeping),
        Box::new(Forgetting),
        Box::new(ForgettingCeremonies),
    ];
    all.into_iter()
}

struct Deleting {
    is_direct: bool,
}

#[async_trait]
impl Scenario for Deleting {
    fn name(&self) -> String {
        format!("a {} is deleted", if self.is_direct { "direct room" } else { "group" })
    }

    fn drives(&self) -> &'static str {
        "DeleteRoom::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        let command = if self.is_direct { direct(alice, bob) } else { group(alice, &[bob, carol]) };
        let opened = world.node().create_room.execute(command).await.unwrap();
        world.room.set(opened.view.room.room_id).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.delete_room.execute(world.alice.id, world.room()).await {
            Ok(()) => Outcome::Done("deleted".to_owned()),
            Err(DeleteRoomError::Refused(refused)) => Outcome::Refused(refused.to_string()),
            Err(DeleteRoomError::OutcomeUnknown(error)) => Outcome::Unknown(error.to_string()),
            Err(DeleteRoomError::Contended) => Outcome::Unavailable("contended".to_owned()),
            Err(DeleteRoomError::Unavailable(error) | DeleteRoomError::Corrupt(error)) => {
                Outcome::Unavailable(error.to_string())
            }
        }
    }

    /// The direct room is asked for under a key, which changes its revision, or made anew when it is gone; a group is
    /// changed by its deletion alone.
    async fn conflict(&self, world: &World, node: &Node) {
        let World { alice, bob, .. } = world;
        if self.is_direct {
            node.create_room.execute(keyed(direct(bob, alice), 1)).await.unwrap();
        } else {
            drop(node.delete_room.execute(alice.id, world.room()).await);
        }
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        match world.engine.rooms.find(world.room()).await.unwrap() {
            None => Ok(()),
            Some(_) => Err("the deleted room is still there".to_owned()),
        }
    }
}

struct Sweeping;

#[async_trait]
impl Scenario for Sweeping {
    fn name(&self) -> String {
        "two expired rooms are swept".to_owned()
    }

    fn drives(&self) -> &'static str {
        "ExpireRooms::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    fn most_commits(&self) -> usize {
        2
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        let node = world.node();
        for command in [ephemeral(alice, &[bob]), ephemeral(bob, &[alice, carol])] {
            node.create_room.execute(command).await.unwrap();
        }
        world.clock.advance(Duration::from_secs(LIFETIME.unsigned_abs()));
    }

    async fn request(&self, _: &World, node: &Node) -> Outcome {
        match node.expire_rooms.execute().await {
            Ok(0) => Outcome::Refused("nothing is over".to_owned()),
            Ok(removed) => Outcome::Done(format!("removed {removed}")),
            Err(error) => Outcome::Partly(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.create_room.execute(ephemeral(&world.alice, &[&world.bob])).await.unwrap();
    }
}

struct Forgetting;

#[async_trait]
impl Scenario for Forgetting {
    fn name(&self) -> String {
        "what is old is forgotten".to_owned()
    }

    fn drives(&self) -> &'static str {
        "ForgetOld::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        let node = world.node();
        for command in [keyed(direct(alice, bob), 1), group(alice, &[bob]), group(alice, &[carol])] {
            node.create_room.execute(command).await.unwrap();
        }
        node.issue_session.execute(alice.id).await.unwrap();
        world.clock.advance(INBOX_KEPT_FOR);
    }

    async fn request(&self, _: &World, node: &Node) -> Outcome {
        match node.forget_old.execute().await {
            Ok(forgotten) if forgotten == Forgotten::default() => Outcome::Refused("nothing is old".to_owned()),
            Ok(forgotten) => Outcome::Done(format!("{forgotten:?}")),
            Err(error) => Outcome::Partly(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.create_room.execute(keyed(direct(&world.alice, &world.bob), 2)).await.unwrap();
        node.issue_session.execute(world.alice.id).await.unwrap();
    }
}

struct ForgettingCeremonies;

#[async_trait]
impl Scenario for ForgettingCeremonies {
    fn name(&self) -> String {
        "ceremonies that are over are forgotten".to_owned()
    }

    fn drives(&self) -> &'static str {
        "ForgetOld::ceremonies"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        for _ in 0..2 {
            world.node().sign_in.begin(None).await.unwrap();
        }
        world.clock.advance(CEREMONY_LIFETIME);
    }

    async fn request(&self, _: &World, node: &Node) -> Outcome {
        match node.forget_old.ceremonies().await {
            Ok(0) => Outcome::Refused("no ceremony is over".to_owned()),
            Ok(forgotten) => Outcome::Done(format!("{forgotten} forgotten")),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, _: &World, node: &Node) {
        node.sign_in.begin(None).await.unwrap();
    }
}
