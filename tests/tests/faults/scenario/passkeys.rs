//! People look after their passkeys.

use async_trait::async_trait;
use parlour_domain::usecase::{PasskeyError, RemovePasskeyError};
use parlour_domain::{Passkey, PasskeyName};
use parlour_store_contract::fixture;

use super::{Outcome, Repeats, Scenario};
use crate::authenticator::Authenticator;
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 5] = [
        Box::new(BeginningToAdd),
        Box::new(Adding(Which::First)),
        Box::new(Adding(Which::FirstOfTwo)),
        Box::new(Adding(Which::Next)),
        Box::new(Removing),
    ];
    all.into_iter()
}

/// A passkey of Alice that is there before, and that no node has written.
pub(crate) async fn hold(world: &World) -> &Passkey {
    let passkey = fixture::passkey(&world.alice, world.now());
    world.engine.passkeys.add(passkey.clone()).await.unwrap();
    world.passkey.get_or_init(|| passkey)
}

impl From<PasskeyError> for Outcome {
    fn from(error: PasskeyError) -> Self {
        let text = error.to_string();
        match error {
            PasskeyError::Malformed(_)
            | PasskeyError::Refused
            | PasskeyError::NotActive
            | PasskeyError::SignInNeeded(_)
            | PasskeyError::UsernameTaken
            | PasskeyError::CredentialTaken
            | PasskeyError::TooMany => Self::Refused(text),
            PasskeyError::Unavailable(_) | PasskeyError::Corrupt(_) | PasskeyError::Begin(_) => Self::Unavailable(text),
            PasskeyError::OutcomeUnknown(_) => Self::Unknown(text),
        }
    }
}

struct BeginningToAdd;

#[async_trait]
impl Scenario for BeginningToAdd {
    fn name(&self) -> String {
        "an addition of a passkey is begun".to_owned()
    }

    fn drives(&self) -> &'static str {
        "AddPasskey::begin"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, world: &World) {
        hold(world).await;
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match node.add_passkey.begin(&world.caller(&world.alice)).await {
            Ok(_) => Outcome::Done("begun".to_owned()),
            Err(error) => error.into(),
        }
    }

    async fn conflict(&self, world: &World, _: &Node) {
        world.engine.passkeys.add(fixture::passkey(&world.alice, world.now())).await.unwrap();
    }
}

/// Which passkey of Alice it is.
#[derive(PartialEq)]
enum Which {
    /// The operator has registered her without one; she may leave meanwhile.
    First,
    /// The same, but another first one is added meanwhile, for which she was given another handle.
    FirstOfTwo,
    Next,
}

struct Adding(Which);

#[async_trait]
impl Scenario for Adding {
    fn name(&self) -> String {
        let which = match self.0 {
            Which::First => "the first passkey",
            Which::FirstOfTwo => "one of two first passkeys",
            Which::Next => "another passkey",
        };
        format!("the addition of {which} is completed")
    }

    fn drives(&self) -> &'static str {
        "AddPasskey::complete"
    }

    /// Whoever takes the ceremony is the only one, also when nothing came of it.
    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        if self.0 == Which::Next {
            hold(world).await;
        }
        let options = world.node().add_passkey.begin(&world.caller(&world.alice)).await.unwrap();
        world.response.set(Authenticator::make(options)).unwrap();
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let response = world.response.get().unwrap();
        match node.add_passkey.complete(&world.caller(&world.alice), response, PasskeyName::default()).await {
            Ok(passkey) => Outcome::Done(format!("{passkey:?}")),
            Err(error) => error.into(),
        }
    }

    /// Who leaves has no passkey any more, and gets none.
    async fn conflict(&self, world: &World, node: &Node) {
        if self.0 == Which::FirstOfTwo {
            drop(world.engine.passkeys.add(fixture::passkey(&world.alice, world.now())).await);
            return;
        }
        assert!(node.deactivate_account.execute(&world.caller(&world.alice)).await.unwrap());
    }
}

struct Removing;

#[async_trait]
impl Scenario for Removing {
    fn name(&self) -> String {
        "one of two passkeys is removed".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RemovePasskey::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        hold(world).await;
        hold(world).await;
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        removed(node.remove_passkey.execute(&world.caller(&world.alice), &world.passkey.get().unwrap().id).await)
    }

    /// All the others are removed, as far as that is allowed.
    async fn conflict(&self, world: &World, node: &Node) {
        let first = &world.passkey.get().unwrap().id;
        for passkey in world.engine.passkeys.list_of(world.alice.id).await.unwrap() {
            if passkey.id != *first {
                drop(node.remove_passkey.execute(&world.caller(&world.alice), &passkey.id).await);
            }
        }
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        match world.engine.passkeys.list_of(world.alice.id).await.unwrap().len() {
            1 => Ok(()),
            left => Err(format!("{left} passkeys are left")),
        }
    }
}

fn removed(outcome: Result<(), RemovePasskeyError>) -> Outcome {
    match outcome {
        Ok(()) => Outcome::Done("removed".to_owned()),
        Err(
            error @ (RemovePasskeyError::SignInNeeded(_) | RemovePasskeyError::NotFound | RemovePasskeyError::Last),
        ) => Outcome::Refused(error.to_string()),
        Err(RemovePasskeyError::Write(error)) => error.into(),
    }
}
