//! Users and sessions.

use std::collections::{BTreeMap, BTreeSet};

use parlour_domain::port::ReadError;
use parlour_domain::{ArchiveKey, ArchiveRecord, Session, SetPolicy, Unit, User, UserId};

use super::Check;

/// What is known of a user that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Active,
    /// Their sessions are not to be found.
    Inactive,
    /// Their record does not parse.
    Corrupt,
}

impl Check<'_> {
    /// Each is the one who is found by their name, so no two have one name.
    pub(super) async fn users(&mut self) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::Users).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            for record in page {
                let key = record.key();
                if let ArchiveRecord::User(user) = record {
                    self.user(&key, &user).await?;
                }
            }
        }
        Ok(())
    }

    async fn user(&mut self, key: &ArchiveKey, user: &User) -> Result<(), ReadError> {
        let by_name = self.store.users.find_by_username(&user.username).await;
        match self.found.answered(Unit::Users, key, "looking up the name", by_name)? {
            Some(None) => self.found.add(Unit::Users, key, format!("name {} leads to nobody", user.username)),
            Some(Some(holder)) if holder.id != user.id => {
                self.found.add(Unit::Users, key, format!("name {} belongs to user {}", user.username, holder.id));
            }
            Some(Some(holder)) if holder != *user => {
                self.found.add(Unit::Users, key, "looks different when it is found by name");
            }
            _ => {}
        }
        Ok(())
    }

    /// Each has its user, and is found by its token and among its user's.
    pub(super) async fn sessions(&mut self) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::Sessions).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            let sessions: Vec<Session> = page
                .into_iter()
                .filter_map(|record| match record {
                    ArchiveRecord::Session(session) => Some(session),
                    _ => None,
                })
                .collect();
            let known = self.known_users(sessions.iter().map(|session| session.user_id)).await?;
            for session in &sessions {
                self.session(session, &known).await?;
            }
        }
        Ok(())
    }

    /// Each is what its user said last, and its user is there.
    pub(super) async fn policies(&mut self) -> Result<(), ReadError> {
        let unit = Unit::ContactPolicies;
        let mut walk = self.walk(unit).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            for record in page {
                let key = record.key();
                let ArchiveRecord::Policy(SetPolicy { user, policy }) = record else { continue };
                self.is_of_a_user(unit, &key, user).await?;
                let asked = self.store.contacts.policy_of(user).await;
                if let Some(answer) = self.found.answered(unit, &key, "asking for the policy", asked)?
                    && answer != policy
                {
                    self.found.add(unit, &key, format!("looks like {} when it is asked for", answer.as_str()));
                }
            }
        }
        Ok(())
    }

    /// Each is among those of its user, who is there.
    pub(super) async fn blocks(&mut self) -> Result<(), ReadError> {
        let unit = Unit::Blocks;
        let mut walk = self.walk(unit).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            for record in page {
                let key = record.key();
                let ArchiveRecord::Block(block) = record else { continue };
                self.is_of_a_user(unit, &key, block.user).await?;
                let stances = self.store.contacts.stances(&[block.user], block.blocked).await;
                if let Some(stances) = self.found.answered(unit, &key, "asking for the stance", stances)?
                    && !stances.iter().any(|stance| stance.blocks)
                {
                    self.found.add(unit, &key, "is no block when the stance is asked for");
                }
            }
        }
        Ok(())
    }

    async fn is_of_a_user(&mut self, unit: Unit, key: &ArchiveKey, user: UserId) -> Result<(), ReadError> {
        if self.known_users([user].into_iter()).await?.is_empty() {
            self.found.add(unit, key, format!("is of user {user}, who is not there"));
        }
        Ok(())
    }

    /// Those of `users` that have a record here, also when that does not parse.
    pub(super) async fn known_users(
        &self,
        users: impl Iterator<Item = UserId>,
    ) -> Result<BTreeMap<UserId, Standing>, ReadError> {
        let mut known = BTreeMap::new();
        for user in users.collect::<BTreeSet<_>>() {
            match self.store.users.find_many(&[user]).await {
                Ok(found) => {
                    let standing = |user: &User| if user.is_active { Standing::Active } else { Standing::Inactive };
                    known.extend(found.first().map(|found| (user, standing(found))));
                }
                Err(ReadError::Corrupt(_)) => {
                    known.insert(user, Standing::Corrupt);
                }
                Err(unavailable) => return Err(unavailable),
            }
        }
        Ok(known)
    }

    async fn session(&mut self, session: &Session, known: &BTreeMap<UserId, Standing>) -> Result<(), ReadError> {
        let (unit, key, id) = (Unit::Sessions, ArchiveKey::Session(session.token_hash), session.id);
        let standing = known.get(&session.user_id);
        if standing.is_none() {
            self.found.add(unit, &key, format!("session {id} is of user {}, who is not there", session.user_id));
        }
        let by_token = self.store.sessions.find_by_token(&session.token_hash).await;
        if let Some(found) = self.found.answered(unit, &key, "looking up the token", by_token)?
            && !matches!((standing, &found), (Some(Standing::Inactive), None) | (Some(Standing::Corrupt), None))
        {
            if standing == Some(&Standing::Inactive) {
                self.found.add(unit, &key, format!("session {id} is found, and its user is not active"));
            } else if found.as_ref() != Some(session) {
                self.found.add(unit, &key, format!("session {id} is not found by its token"));
            }
        }
        let of_user = self.store.sessions.list_of(session.user_id).await;
        if let Some(listed) = self.found.answered(unit, &key, "listing the user's sessions", of_user)?
            && !listed.contains(session)
        {
            self.found.add(unit, &key, format!("session {id} is not among those of user {}", session.user_id));
        }
        Ok(())
    }
}
