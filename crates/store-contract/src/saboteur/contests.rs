//! What goes wrong only when two want different things of one record: what was read is written back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError, WriteError};
use parlour_domain::{
    CredentialId, DisplayName, IdempotencyKey, IdempotencyRecord, InboxPage, Passkey, PasskeyUse, RoomCommit, Seq,
    Session, SessionId, Timestamp, User, UserId,
};

use super::races::gap;
use super::{Ports, Sabotage, lock};

/// The whole row is read and written back, with the new name.
#[derive(Debug, Default)]
pub struct WritesUsersBack {
    back: Mutex<HashMap<UserId, User>>,
}

#[async_trait]
impl Sabotage for WritesUsersBack {
    async fn rename(&self, to: &Ports, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        let read = to.users.find_many(&[id]).await.ok().and_then(|mut found| found.pop());
        gap().await;
        let is_renamed = to.profiles.rename(id, name.clone()).await?;
        match read.filter(|user| user.is_active) {
            Some(user) if !is_renamed => {
                lock(&self.back).insert(id, User { display_name: name, ..user });
                Ok(true)
            }
            _ => Ok(is_renamed),
        }
    }

    async fn find_users(&self, to: &Ports, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let found = to.users.find_many(ids).await?;
        let back = lock(&self.back);
        Ok(found.into_iter().map(|user| back.get(&user.id).cloned().unwrap_or(user)).collect())
    }
}

/// An upsert where an update is meant.
#[derive(Debug, Default)]
pub struct WritesSessionsBack {
    known: Mutex<HashMap<SessionId, Session>>,
}

#[async_trait]
impl Sabotage for WritesSessionsBack {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.known).insert(session.id, session.clone());
        to.sessions.insert(session).await
    }

    async fn extend_session(&self, to: &Ports, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let known = lock(&self.known).get(&id).cloned();
        let Some(known) = known else { return to.sessions.extend(id, expires_at).await };
        let read = to.sessions.find_by_token(&known.token_hash).await.ok().flatten();
        gap().await;
        let is_extended = to.sessions.extend(id, expires_at).await?;
        match read {
            Some(read) if !is_extended => {
                to.sessions.insert(Session { expires_at, ..read }).await?;
                Ok(true)
            }
            _ => Ok(is_extended),
        }
    }
}

/// The expired are looked up, and then removed by their ids.
#[derive(Debug, Default)]
pub struct LooksThenSweeps {
    owners: Mutex<HashSet<UserId>>,
}

#[async_trait]
impl Sabotage for LooksThenSweeps {
    async fn insert_session(&self, to: &Ports, session: Session) -> Result<(), WriteError> {
        lock(&self.owners).insert(session.user_id);
        to.sessions.insert(session).await
    }

    async fn remove_expired_sessions(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        let owners: Vec<UserId> = lock(&self.owners).iter().copied().collect();
        let mut expired = Vec::new();
        for owner in owners {
            let sessions = to.sessions.list_of(owner).await.unwrap_or_default();
            expired.extend(sessions.into_iter().filter(|session| session.expires_at <= now));
        }
        gap().await;
        let mut removed = 0;
        for session in expired {
            removed += u64::from(to.sessions.remove(session.id).await?);
        }
        Ok(removed)
    }
}

/// An upsert where an update is meant.
#[derive(Debug, Default)]
pub struct WritesPasskeysBack {
    back: Mutex<HashMap<CredentialId, Passkey>>,
}

#[async_trait]
impl Sabotage for WritesPasskeysBack {
    async fn record_use(&self, to: &Ports, used: PasskeyUse) -> Result<bool, WriteError> {
        let read = to.passkeys.find(&used.id).await.ok().flatten();
        gap().await;
        let is_recorded = to.passkeys.record_use(used).await?;
        match read {
            Some(read) if !is_recorded => {
                lock(&self.back).insert(read.id.clone(), read);
                Ok(true)
            }
            _ => Ok(is_recorded),
        }
    }

    async fn find_passkey(&self, to: &Ports, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        let found = to.passkeys.find(id).await?;
        Ok(found.or_else(|| lock(&self.back).get(id).cloned()))
    }
}

/// The heads are read, and written back with what was forgotten: places that were taken meanwhile are taken again.
#[derive(Debug, Default)]
pub struct WritesHeadsBack {
    told: Mutex<BTreeSet<UserId>>,
    back: Mutex<HashMap<UserId, Seq>>,
}

#[async_trait]
impl Sabotage for WritesHeadsBack {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        lock(&self.told).extend(commit.parts().events.iter().flat_map(|outgoing| outgoing.recipients.clone()));
        to.rooms.commit(commit).await
    }

    async fn forget_entries(&self, to: &Ports, before: Timestamp) -> Result<u64, WriteError> {
        let told: Vec<UserId> = lock(&self.told).iter().copied().collect();
        let read = to.inboxes.heads(&told).await.unwrap_or_default();
        gap().await;
        let forgotten = to.inboxes.forget(before).await?;
        let heads: HashMap<UserId, Seq> = to.inboxes.heads(&told).await.unwrap_or_default().into_iter().collect();
        let moved = read.into_iter().filter(|(user, head)| heads.get(user) != Some(head));
        lock(&self.back).extend(moved);
        Ok(forgotten)
    }

    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let mut page = to.inboxes.read(user, since, limit).await?;
        if let Some(&head) = lock(&self.back).get(&user) {
            page.head = head;
            page.entries.retain(|entry| entry.seq <= head);
        }
        Ok(page)
    }
}

/// The expired are looked up, and then deleted by their keys.
#[derive(Debug, Default)]
pub struct LooksThenForgets {
    known: Mutex<Vec<(UserId, IdempotencyKey)>>,
    deleted: Mutex<HashSet<(UserId, IdempotencyKey)>>,
}

#[async_trait]
impl Sabotage for LooksThenForgets {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        if let Some(record) = &commit.parts().idempotency {
            lock(&self.known).push((record.caller, record.key.clone()));
        }
        to.rooms.commit(commit).await
    }

    async fn forget_answers(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        let known = lock(&self.known).clone();
        let mut expired = Vec::new();
        for (caller, key) in known {
            let record = to.rooms.find_answer(caller, &key).await.ok().flatten();
            expired.extend(record.filter(|record| record.expires_at <= now).map(|_| (caller, key)));
        }
        gap().await;
        lock(&self.deleted).extend(expired);
        to.rooms.forget_answers(now).await
    }

    async fn find_answer(
        &self,
        to: &Ports,
        caller: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, ReadError> {
        let is_deleted = lock(&self.deleted).contains(&(caller, key.clone()));
        if is_deleted { Ok(None) } else { to.rooms.find_answer(caller, key).await }
    }
}

/// Two transactions: the room, and then what people are told of it.
#[derive(Debug, Default)]
pub struct TellsAfterwards {
    untold: Mutex<HashSet<UserId>>,
}

#[async_trait]
impl Sabotage for TellsAfterwards {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let told: Vec<UserId> = commit.parts().events.iter().flat_map(|outgoing| outgoing.recipients.clone()).collect();
        lock(&self.untold).extend(told.iter().copied());
        let outcome = to.rooms.commit(commit).await;
        gap().await;
        lock(&self.untold).retain(|user| !told.contains(user));
        outcome
    }

    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let mut page = to.inboxes.read(user, since, limit).await?;
        if lock(&self.untold).contains(&user) && page.entries.pop().is_some() {
            page.head = Seq::new(page.head.get() - 1);
        }
        Ok(page)
    }
}

/// Two transactions: the user, and then what is theirs.
#[derive(Debug, Default)]
pub struct CleansUpAfterwards {
    left: Mutex<HashMap<UserId, Vec<Passkey>>>,
}

#[async_trait]
impl Sabotage for CleansUpAfterwards {
    async fn deactivate(&self, to: &Ports, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let passkeys = to.passkeys.list_of(id).await.unwrap_or_default();
        lock(&self.left).insert(id, passkeys);
        let outcome = to.profiles.deactivate(id).await;
        gap().await;
        lock(&self.left).remove(&id);
        outcome
    }

    async fn list_passkeys(&self, to: &Ports, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let left = lock(&self.left).get(&user).cloned();
        match left {
            Some(left) => Ok(left),
            None => to.passkeys.list_of(user).await,
        }
    }
}
