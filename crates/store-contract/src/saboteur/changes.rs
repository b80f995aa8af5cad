//! What goes wrong with a commit that is applied.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError};
use parlour_domain::{CommitId, DirectPair, Expected, Fate, Room, RoomCommit, RoomId};

use super::{Ports, Sabotage, lock};

/// The answer was never filled in.
#[derive(Debug, Default)]
pub struct AnswersNoEntries;

#[async_trait]
impl Sabotage for AnswersNoEntries {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        to.rooms.commit(commit).await.map(|committed| match committed {
            Committed::Applied(_) => Committed::Applied(Vec::new()),
            Committed::AlreadyApplied => Committed::AlreadyApplied,
        })
    }
}

/// Whoever repeats a commit is told that somebody was faster.
#[derive(Debug, Default)]
pub struct ForgetsCommits;

#[async_trait]
impl Sabotage for ForgetsCommits {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        match to.rooms.commit(commit).await {
            Ok(Committed::AlreadyApplied) => Err(CommitError::Conflict),
            outcome => outcome,
        }
    }
}

/// The key of a pair outlives its room.
#[derive(Debug, Default)]
pub struct NeverFreesPairs {
    taken: Mutex<HashMap<DirectPair, CommitId>>,
}

#[async_trait]
impl Sabotage for NeverFreesPairs {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let parts = commit.parts();
        if let (Some(pair), Expected::Absent) = (parts.room.direct_pair(), parts.expected) {
            let holder = *lock(&self.taken).entry(pair).or_insert(parts.id);
            if holder != parts.id {
                return Err(CommitError::Conflict);
            }
        }
        to.rooms.commit(commit).await
    }
}

/// The expiry of a key is left to the forgetting.
#[derive(Debug, Default)]
pub struct NeverReplacesKeys;

#[async_trait]
impl Sabotage for NeverReplacesKeys {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        if let Some(record) = &commit.parts().idempotency {
            let stored = to.rooms.find_answer(record.caller, &record.key).await.ok().flatten();
            if stored.is_some_and(|stored| stored != *record) {
                return Err(CommitError::Conflict);
            }
        }
        to.rooms.commit(commit).await
    }
}

/// Answers before it writes; what was not written yet is lost on closing.
#[derive(Debug, Default)]
pub struct WritesRoomsLater {
    held: Mutex<Option<RoomCommit>>,
}

impl WritesRoomsLater {
    async fn catch_up(&self, to: &Ports) -> Result<Option<Committed>, CommitError> {
        let held = lock(&self.held).take();
        match held {
            Some(commit) => to.rooms.commit(commit).await.map(Some),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl Sabotage for WritesRoomsLater {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let earlier = self.catch_up(to).await?;
        *lock(&self.held) = Some(commit);
        Ok(earlier.unwrap_or(Committed::Applied(Vec::new())))
    }

    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.catch_up(to).await.map_err(|error| ReadError::Unavailable(error.into()))?;
        to.rooms.find(id).await
    }
}

/// The room is written on its own, before the transaction with all the rest.
#[derive(Debug, Default)]
pub struct WritesTheRoomBeforeItWaits {
    written: Mutex<HashSet<RoomId>>,
    rooms: Mutex<HashMap<RoomId, Room>>,
}

#[async_trait]
impl Sabotage for WritesTheRoomBeforeItWaits {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let room = commit.parts().room.clone();
        if commit.parts().fate == Fate::Kept && lock(&self.written).insert(room.id()) {
            lock(&self.rooms).insert(room.id(), room.clone());
        }
        tokio::task::yield_now().await;
        let outcome = to.rooms.commit(commit).await;
        lock(&self.rooms).remove(&room.id());
        outcome
    }

    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        let written = lock(&self.rooms).get(&id).cloned();
        if written.is_some() { Ok(written) } else { to.rooms.find(id).await }
    }
}
