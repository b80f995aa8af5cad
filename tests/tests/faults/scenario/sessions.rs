//! People look after their sessions.

use async_trait::async_trait;
use parlour_domain::usecase::{AuthenticateError, IssuedSession, RevokeOwnSessionError};
use parlour_domain::{Session, SessionId, SessionToken};
use uuid::Uuid;

use super::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

pub(crate) fn all() -> impl Iterator<Item = Box<dyn Scenario>> {
    let all: [Box<dyn Scenario>; 3] = [Box::new(RevokingOne), Box::new(RevokingOthers), Box::new(Extending)];
    all.into_iter()
}

/// A session of Alice that is there before, and that no node has written.
async fn issue(world: &World) {
    let alice = world.alice.id.as_uuid().as_u128();
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(&alice.to_be_bytes());
    let token = SessionToken::from_random_bytes(secret);
    let id = SessionId::from_uuid(Uuid::from_u128(!alice));
    let session = Session::issue(id, world.alice.id, &token, world.now());
    world.engine.sessions.insert(session.clone()).await.unwrap();
    world.issued.set(IssuedSession { session, token }).unwrap();
}

fn outcome(revoked: Result<(), RevokeOwnSessionError>) -> Outcome {
    match revoked {
        Ok(()) => Outcome::Done("revoked".to_owned()),
        Err(error @ RevokeOwnSessionError::NotFound) => Outcome::Refused(error.to_string()),
        Err(RevokeOwnSessionError::Read(error)) => error.into(),
        Err(RevokeOwnSessionError::Write(error)) => error.into(),
    }
}

async fn is_gone(world: &World) -> Result<(), String> {
    let token = world.issued.get().unwrap().session.token_hash;
    match world.engine.sessions.find_by_token(&token).await.unwrap() {
        None => Ok(()),
        Some(_) => Err("the revoked session is still there".to_owned()),
    }
}

struct RevokingOne;

#[async_trait]
impl Scenario for RevokingOne {
    fn name(&self) -> String {
        "somebody revokes a session of theirs".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RevokeOwnSessions::one"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Once
    }

    async fn prepare(&self, world: &World) {
        issue(world).await;
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let id = world.issued.get().unwrap().session.id;
        outcome(node.revoke_own_sessions.one(world.alice.id, id).await)
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.issue_session.execute(world.alice.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        is_gone(world).await
    }
}

struct RevokingOthers;

#[async_trait]
impl Scenario for RevokingOthers {
    fn name(&self) -> String {
        "somebody revokes all their other sessions".to_owned()
    }

    fn drives(&self) -> &'static str {
        "RevokeOwnSessions::all_but"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, world: &World) {
        issue(world).await;
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        outcome(node.revoke_own_sessions.all_but(world.alice.id, None).await)
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.issue_session.execute(world.bob.id).await.unwrap();
    }

    async fn aftermath(&self, world: &World) -> Result<(), String> {
        is_gone(world).await
    }
}

struct Extending;

#[async_trait]
impl Scenario for Extending {
    fn name(&self) -> String {
        "the use of a session moves its end".to_owned()
    }

    fn drives(&self) -> &'static str {
        "Authenticate::execute"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, world: &World) {
        issue(world).await;
    }

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        let credential = world.issued.get().unwrap().token.clone().into();
        match node.authenticate_sliding.execute(&credential).await {
            Ok(caller) => Outcome::Done(caller.user_id.to_string()),
            Err(AuthenticateError::Read(error)) => error.into(),
            Err(other) => Outcome::Refused(other.to_string()),
        }
    }

    async fn conflict(&self, world: &World, node: &Node) {
        node.issue_session.execute(world.alice.id).await.unwrap();
    }
}
