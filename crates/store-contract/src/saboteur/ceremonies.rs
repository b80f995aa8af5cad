//! What goes wrong with ceremonies, and with the ends of sessions.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::port::{ReadError, TakeError, WriteError};
use parlour_domain::{Ceremony, CeremonyKind, ChallengeHash, Session, SessionId, Timestamp, TokenHash};

use super::races::gap;
use super::{Ports, Sabotage, lock};

/// A duplicate that is an error.
#[derive(Debug, Default)]
pub struct RefusesTheSameCeremonyAgain {
    known: Mutex<Vec<ChallengeHash>>,
}

#[async_trait]
impl Sabotage for RefusesTheSameCeremonyAgain {
    async fn insert_ceremony(&self, to: &Ports, ceremony: Ceremony) -> Result<(), WriteError> {
        let is_known = lock(&self.known).contains(&ceremony.challenge);
        if is_known {
            return Err(WriteError::Unavailable("unique constraint failed".into()));
        }
        lock(&self.known).push(ceremony.challenge);
        to.ceremonies.insert(ceremony).await
    }
}

/// A question, and then a deletion that nobody looks at.
#[derive(Debug, Default)]
pub struct ReadsCeremoniesThenDeletes {
    there: Mutex<HashMap<ChallengeHash, Ceremony>>,
}

#[async_trait]
impl Sabotage for ReadsCeremoniesThenDeletes {
    async fn insert_ceremony(&self, to: &Ports, ceremony: Ceremony) -> Result<(), WriteError> {
        lock(&self.there).insert(ceremony.challenge, ceremony.clone());
        to.ceremonies.insert(ceremony).await
    }

    async fn take_ceremony(&self, to: &Ports, challenge: &ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
        let read = lock(&self.there).get(challenge).cloned();
        gap().await;
        lock(&self.there).remove(challenge);
        to.ceremonies.take(challenge).await?;
        Ok(read)
    }
}

/// A kind that came with a later version.
#[derive(Debug, Default)]
pub struct TakesAdditionsForRegistrations;

#[async_trait]
impl Sabotage for TakesAdditionsForRegistrations {
    async fn insert_ceremony(&self, to: &Ports, mut ceremony: Ceremony) -> Result<(), WriteError> {
        if ceremony.kind == CeremonyKind::Addition {
            ceremony.kind = CeremonyKind::Registration;
        }
        to.ceremonies.insert(ceremony).await
    }
}

/// A clock that is ahead by a microsecond.
#[derive(Debug, Default)]
pub struct RemovesCeremoniesTooEarly;

#[async_trait]
impl Sabotage for RemovesCeremoniesTooEarly {
    async fn remove_expired_ceremonies(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.ceremonies.remove_expired(now.after(Duration::from_micros(1))).await
    }
}

/// Whoever comes last is right.
#[derive(Debug, Default)]
pub struct SetsTheEndsOfSessions {
    known: Mutex<HashMap<SessionId, Session>>,
}

#[async_trait]
impl Sabotage for SetsTheEndsOfSessions {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.known).insert(session.id, session.clone());
        to.sessions.insert(session).await
    }

    async fn extend_session(&self, to: &Ports, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let Some(known) = lock(&self.known).get(&id).cloned() else { return Ok(false) };
        to.sessions.remove(id).await?;
        to.sessions.insert(Session { expires_at, ..known }).await?;
        Ok(true)
    }
}

/// Answers before it writes; what was not written yet is lost on closing.
#[derive(Debug, Default)]
pub struct ExtendsLater {
    held: Mutex<Option<(SessionId, Timestamp)>>,
}

#[async_trait]
impl Sabotage for ExtendsLater {
    async fn extend_session(&self, to: &Ports, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let earlier = lock(&self.held).replace((id, expires_at));
        match earlier {
            Some((id, expires_at)) => to.sessions.extend(id, expires_at).await,
            None => Ok(true),
        }
    }
}

/// Nobody looks at the user.
#[derive(Debug, Default)]
pub struct LetsTheInactiveIn {
    known: Mutex<HashMap<TokenHash, Session>>,
}

#[async_trait]
impl Sabotage for LetsTheInactiveIn {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.known).insert(session.token_hash, session.clone());
        to.sessions.insert(session).await
    }

    async fn find_token(&self, to: &Ports, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let found = to.sessions.find_by_token(hash).await?;
        Ok(found.or_else(|| lock(&self.known).get(hash).cloned()))
    }
}
