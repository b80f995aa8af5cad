//! What goes wrong with a commit that has to be refused.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError};
use parlour_domain::{Expected, IdempotencyKey, IdempotencyRecord, RoomCommit, UserId};

use super::{Ports, Sabotage, lock};

/// Lets a commit through that the honest store refuses, when `is_let_through` says so.
async fn let_through(
    to: &Ports,
    commit: RoomCommit,
    is_let_through: impl Fn(&RoomCommit) -> bool,
) -> Result<Committed, CommitError> {
    match to.rooms.commit(commit.clone()).await {
        Err(CommitError::Conflict) if is_let_through(&commit) => Ok(Committed::Applied(Vec::new())),
        outcome => outcome,
    }
}

/// An upsert where an insert is meant.
#[derive(Debug, Default)]
pub struct OverwritesRooms;

#[async_trait]
impl Sabotage for OverwritesRooms {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let exists = to.rooms.find(commit.parts().room.id()).await.is_ok_and(|found| found.is_some());
        let_through(to, commit, |commit| exists && commit.parts().expected == Expected::Absent).await
    }
}

/// An update without its guard.
#[derive(Debug, Default)]
pub struct IgnoresRevisions;

#[async_trait]
impl Sabotage for IgnoresRevisions {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let_through(to, commit, |commit| commit.parts().expected != Expected::Absent).await
    }
}

/// No unique key for pairs.
#[derive(Debug, Default)]
pub struct IgnoresPairs;

#[async_trait]
impl Sabotage for IgnoresPairs {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let_through(to, commit, |commit| commit.parts().room.direct_pair().is_some()).await
    }
}

/// No unique key for idempotency keys.
#[derive(Debug, Default)]
pub struct IgnoresKeys;

#[async_trait]
impl Sabotage for IgnoresKeys {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let_through(to, commit, |commit| commit.parts().idempotency.is_some()).await
    }
}

/// The answer is remembered in a transaction of its own, before the one of the room.
#[derive(Debug, Default)]
pub struct WritesTheAnswerFirst {
    written: Mutex<HashMap<(UserId, IdempotencyKey), IdempotencyRecord>>,
}

#[async_trait]
impl Sabotage for WritesTheAnswerFirst {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        if let Some(record) = &commit.parts().idempotency {
            lock(&self.written).entry((record.caller, record.key.clone())).or_insert_with(|| record.clone());
        }
        to.rooms.commit(commit).await
    }

    async fn find_answer(
        &self,
        to: &Ports,
        caller: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, ReadError> {
        let written = lock(&self.written).get(&(caller, key.clone())).cloned();
        if written.is_some() { Ok(written) } else { to.rooms.find_answer(caller, key).await }
    }
}
