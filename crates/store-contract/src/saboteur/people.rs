//! What goes wrong with users and sessions.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, WriteError};
use parlour_domain::{Session, Timestamp, TokenHash, User, UserId, Username};

use super::{Ports, Sabotage, lock};

/// A column that was forgotten.
#[derive(Debug, Default)]
pub struct ForgetsVerification;

#[async_trait]
impl Sabotage for ForgetsVerification {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        to.users.insert(User { is_verified: false, ..user }).await
    }
}

/// A unique violation that is always blamed on the name.
#[derive(Debug, Default)]
pub struct RefusesTheSameUserAgain;

#[async_trait]
impl Sabotage for RefusesTheSameUserAgain {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        let known = to.users.find_many(&[user.id]).await.is_ok_and(|found| !found.is_empty());
        if known { Err(InsertUserError::UsernameTaken) } else { to.users.insert(user).await }
    }
}

/// The row is written before the name is claimed, and left there.
#[derive(Debug, Default)]
pub struct KeepsRefusedUsers {
    refused: Mutex<HashMap<UserId, User>>,
}

#[async_trait]
impl Sabotage for KeepsRefusedUsers {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        let outcome = to.users.insert(user.clone()).await;
        if outcome.is_err() {
            lock(&self.refused).insert(user.id, user);
        }
        outcome
    }

    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let mut found = to.users.find_many(ids).await?;
        found.extend(ids.iter().filter_map(|id| lock(&self.refused).get(id).cloned()));
        Ok(found)
    }
}

/// The name is compared as it is shown.
#[derive(Debug, Default)]
pub struct MindsTheCase;

#[async_trait]
impl Sabotage for MindsTheCase {
    async fn find_username(&self, to: &Ports, username: &Username) -> Result<Option<User>, ReadError> {
        Ok(to.users.find_by_username(username).await?.filter(|user| user.username == *username))
    }
}

/// An engine's limit on bound values, met in silence.
#[derive(Debug, Default)]
pub struct BindsAFewThousandIds;

#[async_trait]
impl Sabotage for BindsAFewThousandIds {
    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        const BOUND: usize = 32_766;
        to.users.find_many(&ids[..ids.len().min(BOUND)]).await
    }
}

/// `>=` where `>` is meant.
#[derive(Debug, Default)]
pub struct RepeatsTheLastUser;

#[async_trait]
impl Sabotage for RepeatsTheLastUser {
    async fn list_users(&self, to: &Ports, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        let mut page = to.users.find_many(after.as_slice()).await?;
        page.extend(to.users.list(after, limit).await?);
        page.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(page)
    }
}

/// Answers before it writes; what was not written yet is lost on closing.
#[derive(Debug, Default)]
pub struct WritesUsersLater {
    held: Mutex<Option<User>>,
}

#[async_trait]
impl Sabotage for WritesUsersLater {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        let earlier = lock(&self.held).replace(user);
        match earlier {
            Some(earlier) => to.users.insert(earlier).await,
            None => Ok(()),
        }
    }
}

/// A column that is too coarse.
#[derive(Debug, Default)]
pub struct KeepsWholeSeconds;

#[async_trait]
impl Sabotage for KeepsWholeSeconds {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        let micros = session.created_at.as_micros();
        let created_at = Timestamp::from_micros(micros - micros.rem_euclid(1_000_000)).unwrap_or(session.created_at);
        to.sessions.insert(Session { created_at, ..session }).await
    }
}

/// A key that is cut to the length of an index.
#[derive(Debug, Default)]
pub struct ComparesHalfOfTheHash {
    known: Mutex<Vec<Session>>,
}

#[async_trait]
impl Sabotage for ComparesHalfOfTheHash {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.known).push(session.clone());
        to.sessions.insert(session).await
    }

    async fn find_token(&self, _: &Ports, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let known = lock(&self.known);
        Ok(known.iter().find(|session| session.token_hash.as_bytes()[..16] == hash.as_bytes()[..16]).cloned())
    }
}

/// A duplicate that is an error.
#[derive(Debug, Default)]
pub struct RefusesTheSameSessionAgain;

#[async_trait]
impl Sabotage for RefusesTheSameSessionAgain {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        if to.sessions.find_by_token(&session.token_hash).await.is_ok_and(|found| found.is_some()) {
            return Err(WriteError::Unavailable("unique constraint failed".into()));
        }
        to.sessions.insert(session).await
    }
}

/// A condition that was forgotten.
#[derive(Debug, Default)]
pub struct ListsEverybodysSessions;

#[async_trait]
impl Sabotage for ListsEverybodysSessions {
    async fn list_sessions(&self, to: &Ports, _: UserId) -> Result<Vec<Session>, ReadError> {
        let mut sessions = Vec::new();
        for user in to.users.list(None, u32::MAX).await? {
            sessions.extend(to.sessions.list_of(user.id).await?);
        }
        Ok(sessions)
    }
}

/// A cache that nobody tells of a removal.
#[derive(Debug, Default)]
pub struct CachesTokens {
    cached: Mutex<HashMap<TokenHash, Session>>,
}

#[async_trait]
impl Sabotage for CachesTokens {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.cached).insert(session.token_hash, session.clone());
        to.sessions.insert(session).await
    }

    async fn find_token(&self, to: &Ports, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let cached = lock(&self.cached).get(hash).cloned();
        if cached.is_some() { Ok(cached) } else { to.sessions.find_by_token(hash).await }
    }
}

/// A clock that is ahead by a microsecond.
#[derive(Debug, Default)]
pub struct RemovesSessionsTooEarly;

#[async_trait]
impl Sabotage for RemovesSessionsTooEarly {
    async fn remove_expired_sessions(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.sessions.remove_expired(now.after(Duration::from_micros(1))).await
    }
}
