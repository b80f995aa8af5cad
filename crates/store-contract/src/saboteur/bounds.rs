//! What goes wrong at the edges: with nothing, with much, and with what nobody thought of.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, InsertUserError, ReadError};
use parlour_domain::{InboxPage, Room, RoomCommit, RoomCursor, RoomId, Seq, Timestamp, User, UserId};

use super::{Ports, Sabotage};

/// A question for exactly one row.
#[derive(Debug, Default)]
pub struct CallsAbsenceAnError;

#[async_trait]
impl Sabotage for CallsAbsenceAnError {
    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        match to.rooms.find(id).await {
            Ok(None) => Err(ReadError::Unavailable("expected one row, found none".into())),
            outcome => outcome,
        }
    }
}

/// The one connection that is kept for pings is taken by the first write.
#[derive(Debug, Default)]
pub struct LosesItsPings {
    has_written: AtomicBool,
}

#[async_trait]
impl Sabotage for LosesItsPings {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        self.has_written.store(true, Ordering::Relaxed);
        to.users.insert(user).await
    }

    async fn ping_users(&self, to: &Ports) -> Result<(), ReadError> {
        if self.has_written.load(Ordering::Relaxed) {
            return Err(ReadError::Unavailable("no connection is free".into()));
        }
        to.users.ping().await
    }
}

/// A limit of its own that nobody is told of.
#[derive(Debug, Default)]
pub struct CapsPages;

#[async_trait]
impl Sabotage for CapsPages {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        const CAP: u32 = 100;
        to.rooms.list_of(user, now, after, limit.min(CAP)).await
    }
}

/// The place of a room that is gone is looked up in vain.
#[derive(Debug, Default)]
pub struct LooksForTheLastRoom;

#[async_trait]
impl Sabotage for LooksForTheLastRoom {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        if let Some(after) = after
            && to.rooms.find(after.room_id).await?.is_none()
        {
            return Ok(Vec::new());
        }
        to.rooms.list_of(user, now, after, limit).await
    }
}

/// A column of 64 signed bits, and a cast: the largest numbers become negative ones.
#[derive(Debug, Default)]
pub struct TakesPlacesForSigned;

#[async_trait]
impl Sabotage for TakesPlacesForSigned {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let since = u64::try_from(since.get().cast_signed()).unwrap_or(0);
        to.inboxes.read(user, Seq::new(since), limit).await
    }
}

/// Rows are written in batches, and the last batch is what is answered.
#[derive(Debug, Default)]
pub struct AnswersHalfOfTheEntries;

#[async_trait]
impl Sabotage for AnswersHalfOfTheEntries {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        const BATCH: usize = 128;
        to.rooms.commit(commit).await.map(|committed| match committed {
            Committed::Applied(entries) => Committed::Applied(entries.into_iter().take(BATCH).collect()),
            Committed::AlreadyApplied => Committed::AlreadyApplied,
        })
    }
}
