//! What only reads.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;

use async_trait::async_trait;
use parlour_domain::usecase::{AuthenticateError, GetRoomError};
use parlour_domain::{Block, ContactPolicy, SearchQuery, Seq};
use parlour_store_contract::fixture;

use super::creating::{direct, group};
use super::passkeys::hold;
use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

type Request = for<'a> fn(&'a World, &'a Node) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

struct Reading {
    drives: &'static str,
    request: Request,
}

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all = [
        reading("Authenticate::execute", |world, node| {
            Box::pin(async {
                answer(node.authenticate.execute(&world.issued.get().unwrap().token.clone().into()).await)
            })
        }),
        reading("ContactSettings::policy_of", |world, node| {
            Box::pin(async { answer(node.contact_settings.policy_of(world.alice.id).await) })
        }),
        reading("FindUser::by_id", |world, node| {
            Box::pin(async { answer(node.find_user.by_id(world.alice.id).await) })
        }),
        reading("FindUser::by_username", |world, node| {
            Box::pin(async { answer(node.find_user.by_username(&world.bob.username).await) })
        }),
        reading("FindUser::page", |world, node| {
            Box::pin(async { answer(node.find_user.page(Some(world.alice.id), 2).await) })
        }),
        reading("GetRoom::execute", |world, node| {
            Box::pin(async { answer(node.get_room.execute(world.bob.id, world.room()).await) })
        }),
        reading("ListBlocks::execute", |world, node| {
            Box::pin(async { answer(node.list_blocks.execute(world.alice.id, None, 2).await) })
        }),
        reading("ListPasskeys::execute", |world, node| {
            Box::pin(async { answer(node.list_passkeys.execute(world.alice.id).await) })
        }),
        reading("ListRooms::execute", |world, node| {
            Box::pin(async { answer(node.list_rooms.execute(world.bob.id, None, 1).await) })
        }),
        reading("ListSessions::execute", |world, node| {
            Box::pin(async { answer(node.list_sessions.execute(world.alice.id).await) })
        }),
        reading("SearchUsers::execute", |world, node| {
            Box::pin(async {
                let query = SearchQuery::parse(world.alice.username.as_str()).unwrap();
                answer(node.search_users.execute(world.bob.id, &query, 2).await)
            })
        }),
        reading("ReadInbox::execute", |world, node| {
            Box::pin(async { answer(node.read_inbox.execute(world.bob.id, Seq::new(1), 10).await) })
        }),
        reading("ReadInbox::heads", |world, node| {
            Box::pin(async {
                let heads = node.read_inbox.heads(&[world.alice.id, world.bob.id]).await;
                answer(heads.map(BTreeMap::from_iter))
            })
        }),
    ];
    all.into_iter().map(|reading| Box::new(reading) as Box<dyn Scenario>)
}

fn reading(drives: &'static str, request: Request) -> Reading {
    Reading { drives, request }
}

fn answer<T: Debug, E: Into<Outcome>>(answered: Result<T, E>) -> Outcome {
    match answered {
        Ok(answer) => Outcome::Done(format!("{answer:?}")),
        Err(error) => error.into(),
    }
}

impl From<AuthenticateError> for Outcome {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::NoSession | AuthenticateError::NotProvisioned(_) => Self::Refused(error.to_string()),
            AuthenticateError::Unavailable(_) => Self::Unavailable(error.to_string()),
            AuthenticateError::Read(error) => error.into(),
        }
    }
}

impl From<GetRoomError> for Outcome {
    fn from(error: GetRoomError) -> Self {
        match error {
            GetRoomError::NotFound => Self::Refused(error.to_string()),
            GetRoomError::Read(error) => error.into(),
        }
    }
}

#[async_trait]
impl Scenario for Reading {
    fn name(&self) -> String {
        format!("{} reads", self.drives)
    }

    fn drives(&self) -> &'static str {
        self.drives
    }

    fn repeats(&self) -> Repeats {
        Repeats::WhatIsThere
    }

    async fn prepare(&self, world: &World) {
        let World { alice, bob, carol, .. } = world;
        let node = world.node();
        let opened = node.create_room.execute(direct(alice, bob)).await.unwrap();
        node.create_room.execute(group(alice, &[bob, carol])).await.unwrap();
        world.room.set(opened.view.room.room_id).unwrap();
        world.issued.set(node.issue_session.execute(alice.id).await.unwrap()).unwrap();
        hold(world).await;
        let block = Block { user: alice.id, blocked: carol.id, at: world.now() };
        world.engine.contacts.block(block).await.unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        (self.request)(world, node).await
    }

    /// Everything that is read here changes.
    async fn conflict(&self, world: &World, node: &Node) {
        node.delete_room.execute(world.alice.id, world.room()).await.unwrap();
        assert!(node.revoke_session.execute(world.issued.get().unwrap().session.id).await.unwrap());
        let newcomer = fixture::username(&format!("{}-jr", world.alice.username));
        node.register_user.execute(newcomer, fixture::display_name("Junior")).await.unwrap();
        hold(world).await;
        node.contact_settings.change(world.alice.id, ContactPolicy::Nobody).await.unwrap();
        assert!(node.unblock_user.execute(world.alice.id, world.carol.id).await.unwrap());
    }
}
