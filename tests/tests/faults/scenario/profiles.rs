//! People change what they are called, and leave.

use async_trait::async_trait;
use parlour_domain::usecase::{ChangeDisplayNameError, ChangeRoomError, DeactivateAccountError, NameTelling};
use parlour_domain::{DisplayName, RoomEventKind, Seq};
use parlour_store_contract::fixture;

use super::creating::{direct, group};
use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 4] =
        [Box::new(Renaming), Box::new(Telling), Box::new(Leaving::OfHerOwn), Box::new(Leaving::ByTheOperator)];
    all.into_iter()
}

async fn name_of_alice(world: &World) -> DisplayName {
    world.engine.users.find_many(&[world.alice.id]).await.unwrap().pop().unwrap().display_name
}

struct Renaming;

#[async_trait]
impl Scenario for Renaming {
    fn name(&self) -> String {
        "somebody gets another display name".to_owned()
    }

    fn drives(&self) -> &'static str {
        "ChangeDisplayName::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::WhatIsThere
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.change_display_name.execute(world.alice.id, fixture::display_name("Åsa")).await {
            Ok(changed) => Outcome::Done(format!("{:?}", changed.user)),
            Err(error @ ChangeDisplayNameError::NotFound) => Outcome::Refused(error.to_string()),
            Err(ChangeDisplayNameError::Read(error)) => error.into(),
            Err(ChangeDisplayNameError::Write(error)) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.change_display_name.execute(world.alice.id, fixture::display_name("Alicia")).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        let name = name_of_alice(world).await;
        if name.as_str() == "Åsa" {
            Ok(())
        } else {
            Err(format!("the last name that was asked for is not there: {name}"))
        }
    }
}

struct Telling;

#[async_trait]
impl Scenario for Telling {
    fn name(&self) -> String {
        "two rooms are told of a name".to_owned()
    }

    fn drives(&self) -> &'static str {
        "TellName::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    fn most_commits(&self) -> usize {
        2
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        let node = world.node();
        for command in [direct(bob, alice), group(carol, &[alice, bob])] {
            node.create_room.execute(command).await.unwrap();
        }
        world.engine.profiles.rename(alice.id, fixture::display_name("Åsa")).await.unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.tell_name.execute(&mut NameTelling::of(world.alice.id)).await {
            Ok(()) => Outcome::Done("told".to_owned()),
            Err(ChangeRoomError::Refused(refused)) => Outcome::Refused(refused.to_string()),
            Err(error) => Outcome::Partly(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.change_display_name.execute(world.alice.id, fixture::display_name("Alicia")).await.unwrap();
        node.tell_name.execute(&mut NameTelling::of(world.alice.id)).await.unwrap();
    }

    /// What everybody heard last is what she is called.
    async fn aftermath(&self, world: &World) -> Result<(), String> {
        let name = name_of_alice(world).await;
        for hearer in [&world.bob, &world.carol] {
            let page = world.engine.inboxes.read(hearer.id, Seq::ZERO, 1_000).await.unwrap();
            let told = page.entries.iter().rev().find_map(|entry| match &entry.event.kind {
                RoomEventKind::Changed(member) if member.user_id == world.alice.id => Some(member.display_name.clone()),
                _ => None,
            });
            if told.as_deref() != Some(name.as_str()) {
                return Err(format!("user {} was told last of the name {told:?}, not of {name}", hearer.id));
            }
        }
        Ok(())
    }
}

enum Leaving {
    OfHerOwn,
    ByTheOperator,
}

#[async_trait]
impl Scenario for Leaving {
    fn name(&self) -> String {
        match self {
            Self::OfHerOwn => "an account is deactivated".to_owned(),
            Self::ByTheOperator => "an account is deactivated by the operator".to_owned(),
        }
    }

    fn drives(&self) -> &'static str {
        match self {
            Self::OfHerOwn => "DeactivateAccount::execute",
            Self::ByTheOperator => "DeactivateAccount::execute_for_operator",
        }
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, world: &World) {
        let issued = world.node().issue_session.execute(world.alice.id).await.unwrap();
        world.issued.set(issued).unwrap();
        let passkey = fixture::passkey(&world.alice, world.now());
        world.engine.passkeys.add(passkey.clone()).await.unwrap();
        world.passkey.set(passkey).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let outcome = match self {
            Self::OfHerOwn => node.deactivate_account.execute(&world.caller(&world.alice)).await,
            Self::ByTheOperator => node.deactivate_account.execute_for_operator(world.alice.id).await,
        };
        match outcome {
            Ok(true) => Outcome::Done("deactivated".to_owned()),
            Ok(false) => Outcome::Refused("no such user".to_owned()),
            Err(error @ DeactivateAccountError::SignInNeeded(_)) => Outcome::Refused(error.to_string()),
            Err(DeactivateAccountError::Read(error)) => error.into(),
            Err(DeactivateAccountError::Write(error)) => error.into(),
        }
    }

    /// She comes back before she is gone, or is too late.
    async fn conflict(&self, world: &World, node: &Node) {
        drop(node.issue_session.execute(world.alice.id).await);
        drop(node.ports.passkeys.add(fixture::passkey(&world.alice, world.now())).await);
        drop(node.change_display_name.execute(world.alice.id, fixture::display_name("Alicia")).await);
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        let alice = world.engine.users.find_by_username(&world.alice.username).await.unwrap().unwrap();
        if alice.is_active || alice.display_name != DisplayName::tombstone() {
            return Err(format!("the account is not deactivated: {alice:?}"));
        }
        let token = world.issued.get().unwrap().session.token_hash;
        if world.engine.sessions.find_by_token(&token).await.unwrap().is_some() {
            return Err("the session of the deactivated user is still there".to_owned());
        }
        let passkey = &world.passkey.get().unwrap().id;
        if world.engine.passkeys.find(passkey).await.unwrap().is_some() {
            return Err("the passkey of the deactivated user is still there".to_owned());
        }
        if !world.sockets.heard().left.contains(&alice.id) {
            return Err("the connections of the deactivated user were never ended".to_owned());
        }
        Ok(())
    }
}
