//! People register and sign in with passkeys.

use async_trait::async_trait;
use parlour_domain::usecase::{CompleteRegistration, IssueSessionError};
use parlour_domain::{PasskeyName, Username};
use parlour_store_contract::fixture;

use super::passkeys::hold;
use super::{Outcome, Repeats, Scenario};
use crate::authenticator::Authenticator;
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 5] = [
        Box::new(BeginningToRegister),
        Box::new(Registering),
        Box::new(BeginningToSignIn),
        Box::new(SigningIn),
        Box::new(Rotating),
    ];
    all.into_iter()
}

fn name_of_the_new(world: &World) -> Username {
    fixture::username(&format!("{}-jr", world.alice.username))
}

async fn sessions_of_alice(world: &World) -> usize {
    world.engine.sessions.list_of(world.alice.id).await.unwrap().len()
}

struct BeginningToRegister;

#[async_trait]
impl Scenario for BeginningToRegister {
    fn name(&self) -> String {
        "a registration with a passkey is begun".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RegisterWithPasskey::begin"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.register_with_passkey.begin(name_of_the_new(world), fixture::display_name("Junior")).await {
            Ok(_) => Outcome::Done("begun".to_owned()),
            Err(error) => error.into(),
        }
    }

    /// A name is free until somebody has it.
    async fn conflict(&self, world: &World, node: &Node) {
        let imposter = fixture::display_name("Imposter");
        node.register_with_passkey.begin(name_of_the_new(world), imposter).await.unwrap();
    }
}

struct Registering;

#[async_trait]
impl Scenario for Registering {
    fn name(&self) -> String {
        "a registration with a passkey is completed".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RegisterWithPasskey::complete"
    }

    /// Whoever takes the ceremony is the only one, also when nothing came of it.
    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let junior = fixture::display_name("Junior");
        let options = world.node().register_with_passkey.begin(name_of_the_new(world), junior).await.unwrap();
        world.response.set(Authenticator::make(options)).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let command = CompleteRegistration {
            username: name_of_the_new(world),
            response: world.response.get().unwrap().clone(),
            passkey_name: PasskeyName::default(),
            carried: None,
        };
        match node.register_with_passkey.complete(command).await {
            Ok(signed_in) => Outcome::Done(format!("{signed_in:?}")),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        let same_name = fixture::username(&name_of_the_new(world).to_string().to_uppercase());
        drop(node.register_user.execute(same_name, fixture::display_name("Imposter")).await);
    }
}

struct BeginningToSignIn;

#[async_trait]
impl Scenario for BeginningToSignIn {
    fn name(&self) -> String {
        "a sign-in is begun".to_owned()
    }

    fn drives(&self) -> &'static str {
        "SignIn::begin"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.sign_in.begin(Some(world.alice.username.clone())).await {
            Ok(_) => Outcome::Done("begun".to_owned()),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        assert!(node.deactivate_account.execute(&world.caller(&world.alice)).await.unwrap());
    }
}

struct SigningIn;

#[async_trait]
impl Scenario for SigningIn {
    fn name(&self) -> String {
        "a sign-in is completed".to_owned()
    }

    fn drives(&self) -> &'static str {
        "SignIn::complete"
    }

    /// Whoever takes the ceremony is the only one, also when nothing came of it.
    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        let passkey = hold(world).await;
        let options = world.node().sign_in.begin(None).await.unwrap();
        world.response.set(Authenticator::sign(options, passkey)).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.sign_in.complete(world.response.get().unwrap(), None).await {
            Ok(signed_in) => Outcome::Done(format!("{signed_in:?}")),
            Err(error) => error.into(),
        }
    }

    /// Who leaves while they sign in is not in.
    async fn conflict(&self, world: &World, node: &Node) {
        assert!(node.deactivate_account.execute(&world.caller(&world.alice)).await.unwrap());
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        match sessions_of_alice(world).await {
            0 | 1 => Ok(()),
            many => Err(format!("one ceremony gave {many} sessions")),
        }
    }
}

struct Rotating;

#[async_trait]
impl Scenario for Rotating {
    fn name(&self) -> String {
        "a session takes the place of another".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RotateSession::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, world: &World) {
        let issued = world.node().issue_session.execute(world.alice.id).await.unwrap();
        world.issued.set(issued).unwrap();
    }

    /// What fails may have ended the session before.
    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let carried = world.issued.get().unwrap().session.id;
        match node.rotate_session.execute(world.alice.id, Some(carried)).await {
            Ok(issued) => Outcome::Done(format!("{issued:?}")),
            Err(error @ IssueSessionError::UserNotFound(_)) => Outcome::Refused(error.to_string()),
            Err(error) => Outcome::Partly(error.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.revoke_session.execute(world.issued.get().unwrap().session.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        let carried = &world.issued.get().unwrap().session;
        match world.engine.sessions.find_by_token(&carried.token_hash).await.unwrap() {
            None => Ok(()),
            Some(_) => Err("the session that was carried is still there".to_owned()),
        }
    }
}
