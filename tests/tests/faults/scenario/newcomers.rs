//! People come whom somebody else has given an id.

use async_trait::async_trait;
use parlour_domain::usecase::{AuthenticateError, RegisterUserError};
use parlour_domain::{UserId, Username};
use parlour_store_contract::fixture;

use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 2] = [Box::new(Registering), Box::new(Admitting)];
    all.into_iter()
}

fn name_and_id(world: &World) -> (Username, UserId) {
    (fixture::username(world.newcomer.username.as_ref().unwrap()), world.newcomer.user_id)
}

async fn somebody_else_takes_the_name(world: &World, node: &Node) {
    let same_name = fixture::username(&name_and_id(world).0.to_string().to_uppercase());
    drop(node.register_user.execute(same_name, fixture::display_name("Imposter")).await);
}

async fn the_name_is_somebodys(world: &World) -> Result<(), String> {
    match world.engine.users.find_by_username(&name_and_id(world).0).await.unwrap() {
        Some(_) => Ok(()),
        None => Err("nobody has the name".to_owned()),
    }
}

struct Registering;

#[async_trait]
impl Scenario for Registering {
    fn name(&self) -> String {
        "a user is registered under a given id".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RegisterUser::execute_as"
    }

    fn repeats(&self) -> Repeats {
        Repeats::TheSame
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let (name, id) = name_and_id(world);
        match node.register_newcomer.execute_as(id, name, fixture::display_name("Junior")).await {
            Ok(user) => Outcome::Done(format!("{user:?}")),
            Err(error @ RegisterUserError::UsernameTaken) => Outcome::Refused(error.to_string()),
            Err(error @ RegisterUserError::Unavailable(_)) => Outcome::Unavailable(error.to_string()),
            Err(error @ RegisterUserError::OutcomeUnknown(_)) => Outcome::Unknown(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        somebody_else_takes_the_name(world, node).await;
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        the_name_is_somebodys(world).await
    }
}

struct Admitting;

#[async_trait]
impl Scenario for Admitting {
    fn name(&self) -> String {
        "a subject whom nobody knows is let in".to_owned()
    }

    fn drives(&self) -> &'static str {
        "AdmitSubject::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::TheSame
    }

    async fn prepare(&self, _: &World) {}

    /// Who is not let in may be registered all the same: the next time they are found.
    async fn request(&self, _: &World, node: &Node) -> Outcome {
        match node.admit_subject.execute(&"a.b.c".parse().unwrap()).await {
            Ok(caller) => Outcome::Done(format!("{caller:?}")),
            Err(error @ (AuthenticateError::NoSession | AuthenticateError::NotProvisioned(_))) => {
                Outcome::Refused(error.to_string())
            }
            Err(error @ (AuthenticateError::Read(_) | AuthenticateError::Unavailable(_))) => {
                Outcome::Partly(error.to_string())
            }
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        somebody_else_takes_the_name(world, node).await;
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        the_name_is_somebodys(world).await
    }
}
