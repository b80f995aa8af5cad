//! What goes wrong with searching, new names and going.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, Session, SessionId, TokenHash, User, UserId};

use super::races::gap;
use super::{Ports, Sabotage, lock};

/// A pattern that is made of the query as it is.
#[derive(Debug, Default)]
pub struct TakesWildcardsForWild;

#[async_trait]
impl Sabotage for TakesWildcardsForWild {
    async fn search(
        &self,
        to: &Ports,
        query: &SearchQuery,
        except: UserId,
        limit: u32,
    ) -> Result<Vec<User>, ReadError> {
        if !query.as_str().contains(['%', '_']) {
            return to.profiles.search(query, except, limit).await;
        }
        let mut all = to.users.list(None, u32::MAX).await?;
        all.retain(|user| user.is_active && user.id != except);
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }
}

/// An index of names that nobody renews.
#[derive(Debug, Default)]
pub struct SearchesOldNames {
    answered: Mutex<HashMap<String, Vec<User>>>,
}

#[async_trait]
impl Sabotage for SearchesOldNames {
    async fn search(
        &self,
        to: &Ports,
        query: &SearchQuery,
        except: UserId,
        limit: u32,
    ) -> Result<Vec<User>, ReadError> {
        let before = lock(&self.answered).get(query.as_str()).cloned();
        let found = match before {
            Some(found) => found,
            None => to.profiles.search(query, except, limit).await?,
        };
        lock(&self.answered).insert(query.as_str().to_owned(), found.clone());
        Ok(found)
    }
}

/// A row that is written anew, from too little.
#[derive(Debug, Default)]
pub struct ForgetsVerificationWithTheName {
    renamed: Mutex<HashSet<UserId>>,
}

#[async_trait]
impl Sabotage for ForgetsVerificationWithTheName {
    async fn rename(&self, to: &Ports, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        lock(&self.renamed).insert(id);
        to.profiles.rename(id, name).await
    }

    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let mut found = to.users.find_many(ids).await?;
        for user in &mut found {
            user.is_verified &= !lock(&self.renamed).contains(&user.id);
        }
        Ok(found)
    }
}

/// A limit on what is removed, met in silence.
#[derive(Debug, Default)]
pub struct LeavesASession;

#[async_trait]
impl Sabotage for LeavesASession {
    async fn deactivate(&self, to: &Ports, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let last = to.sessions.list_of(id).await.ok().and_then(|mut sessions| sessions.pop());
        let gone = to.profiles.deactivate(id).await?;
        if let Some(last) = last {
            to.sessions.insert(last).await?;
        }
        Ok(gone)
    }
}

/// Answers before it writes; what was not written yet is lost on closing.
#[derive(Debug, Default)]
pub struct RenamesLater {
    held: Mutex<Option<(UserId, DisplayName)>>,
}

#[async_trait]
impl Sabotage for RenamesLater {
    async fn rename(&self, to: &Ports, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        let earlier = lock(&self.held).replace((id, name));
        match earlier {
            Some((id, name)) => to.profiles.rename(id, name).await,
            None => Ok(true),
        }
    }
}

/// Two transactions.
#[derive(Debug, Default)]
pub struct RemovesSessionsFirst;

#[async_trait]
impl Sabotage for RemovesSessionsFirst {
    async fn deactivate(&self, to: &Ports, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let sessions = to.sessions.list_of(id).await.unwrap_or_default();
        let mut gone: Vec<SessionId> = sessions.into_iter().map(|session| session.id).collect();
        for session in &gone {
            to.sessions.remove(*session).await?;
        }
        gap().await;
        let rest = to.profiles.deactivate(id).await?;
        Ok(rest.map(|rest| {
            gone.extend(rest);
            gone
        }))
    }
}

/// A token that is good whoever its user is by now.
#[derive(Debug, Default)]
pub struct TrustsTokens {
    known: Mutex<HashMap<TokenHash, Session>>,
}

#[async_trait]
impl Sabotage for TrustsTokens {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.known).insert(session.token_hash, session.clone());
        to.sessions.insert(session).await
    }

    async fn find_token(&self, _: &Ports, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        Ok(lock(&self.known).get(hash).cloned())
    }
}

/// A name that is unique among the active.
#[derive(Debug, Default)]
pub struct FreesUsernames;

#[async_trait]
impl Sabotage for FreesUsernames {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        let holder = to.users.find_by_username(&user.username).await.ok().flatten();
        match to.users.insert(user).await {
            Err(InsertUserError::UsernameTaken) if holder.is_some_and(|holder| !holder.is_active) => Ok(()),
            outcome => outcome,
        }
    }
}

/// Only who is active is found.
#[derive(Debug, Default)]
pub struct DeactivatesOnce;

#[async_trait]
impl Sabotage for DeactivatesOnce {
    async fn deactivate(&self, to: &Ports, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let is_active = to.users.find_many(&[id]).await.is_ok_and(|found| found.iter().any(|user| user.is_active));
        if is_active { to.profiles.deactivate(id).await } else { Ok(None) }
    }
}
