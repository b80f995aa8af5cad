//! People register, and their sessions come and go.

use async_trait::async_trait;
use parlour_domain::Username;
use parlour_domain::usecase::{IssueSessionError, RegisterUserError};
use parlour_store_contract::fixture;

use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 3] = [Box::new(Registering), Box::new(Issuing), Box::new(Revoking)];
    all.into_iter()
}

struct Registering;

fn name_of_the_new(world: &World) -> Username {
    fixture::username(&format!("{}-jr", world.alice.username))
}

#[async_trait]
impl Scenario for Registering {
    fn name(&self) -> String {
        "a user is registered".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RegisterUser::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let registered = node.register_user.execute(name_of_the_new(world), fixture::display_name("Junior")).await;
        match registered {
            Ok(_) => Outcome::Done("registered".to_owned()),
            Err(error @ RegisterUserError::UsernameTaken) => Outcome::Refused(error.to_string()),
            Err(error @ RegisterUserError::Unavailable(_)) => Outcome::Unavailable(error.to_string()),
            Err(error @ RegisterUserError::OutcomeUnknown(_)) => Outcome::Unknown(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        let same_name = fixture::username(&name_of_the_new(world).to_string().to_uppercase());
        drop(node.register_user.execute(same_name, fixture::display_name("Imposter")).await);
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        match world.engine.users.find_by_username(&name_of_the_new(world)).await.unwrap() {
            Some(_) => Ok(()),
            None => Err("nobody has the name".to_owned()),
        }
    }
}

struct Issuing;

#[async_trait]
impl Scenario for Issuing {
    fn name(&self) -> String {
        "a session is issued".to_owned()
    }

    fn drives(&self) -> &'static str {
        "IssueSession::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.issue_session.execute(world.alice.id).await {
            Ok(issued) => Outcome::Done(format!("{issued:?}")),
            Err(error @ IssueSessionError::UserNotFound(_)) => Outcome::Refused(error.to_string()),
            Err(IssueSessionError::Read(error)) => error.into(),
            Err(IssueSessionError::Write(error)) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        let issued = node.issue_session.execute(world.alice.id).await.unwrap();
        assert!(node.revoke_session.execute(issued.session.id).await.unwrap());
    }
}

struct Revoking;

#[async_trait]
impl Scenario for Revoking {
    fn name(&self) -> String {
        "a session is revoked".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RevokeSession::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let issued = world.node().issue_session.execute(world.alice.id).await.unwrap();
        world.issued.set(issued).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.revoke_session.execute(world.issued.get().unwrap().session.id).await {
            Ok(true) => Outcome::Done("revoked".to_owned()),
            Ok(false) => Outcome::Refused("no such session".to_owned()),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.issue_session.execute(world.alice.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        let id = world.issued.get().unwrap().session.id;
        if world.sockets.heard().ended.contains(&id) {
            return Ok(());
        }
        Err("the connections of the revoked session were never ended".to_owned())
    }
}
