//! What goes wrong when rooms are read, swept and forgotten.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCursor, RoomId, RoomParts, Timestamp, UserId,
};

use super::{Ports, Sabotage, lock};
use crate::observe::{ALL, beginning};

/// A column of milliseconds.
#[derive(Debug, Default)]
pub struct CutsMicroseconds;

#[async_trait]
impl Sabotage for CutsMicroseconds {
    async fn find_room(&self, to: &Ports, id: RoomId) -> Result<Option<Room>, ReadError> {
        let cut = |instant: Timestamp| {
            let micros = instant.as_micros();
            Timestamp::from_micros(micros - micros.rem_euclid(1_000)).unwrap_or(instant)
        };
        let Some(room) = to.rooms.find(id).await? else { return Ok(None) };
        let parts = RoomParts {
            id,
            kind: room.kind(),
            name: room.name().cloned(),
            participants: room.participants().to_vec(),
            created_by: room.created_by(),
            created_at: cut(room.created_at()),
            updated_at: room.updated_at(),
            revision: room.revision(),
        };
        Room::restore(parts).map(Some).map_err(|cause| ReadError::Corrupt(cause.into()))
    }
}

/// A collation that does not tell cases apart.
#[derive(Debug, Default)]
pub struct IgnoresTheCaseOfKeys;

#[async_trait]
impl Sabotage for IgnoresTheCaseOfKeys {
    async fn find_answer(
        &self,
        to: &Ports,
        caller: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, ReadError> {
        let exact = to.rooms.find_answer(caller, key).await?;
        match (exact, IdempotencyKey::parse(&key.as_str().to_lowercase())) {
            (None, Ok(lower)) => to.rooms.find_answer(caller, &lower).await,
            (exact, _) => Ok(exact),
        }
    }
}

/// The pair as it was written, not in its own order.
#[derive(Debug, Default)]
pub struct MindsWhoCreated;

#[async_trait]
impl Sabotage for MindsWhoCreated {
    async fn find_direct(&self, to: &Ports, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        Ok(to.rooms.find_direct(pair).await?.filter(|room| room.created_by() == pair.low()))
    }
}

/// A cursor that compares the instant alone.
#[derive(Debug, Default)]
pub struct SkipsEqualInstants;

#[async_trait]
impl Sabotage for SkipsEqualInstants {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let mut rooms = to.rooms.list_of(user, now, None, ALL).await?;
        rooms.retain(|room| after.is_none_or(|after| room.updated_at() < after.updated_at));
        rooms.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rooms)
    }
}

/// Pages by how many rooms were shown before.
#[derive(Debug, Default)]
pub struct PagesByOffset {
    offsets: Mutex<HashMap<RoomId, usize>>,
}

#[async_trait]
impl Sabotage for PagesByOffset {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, now): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let offset = after.and_then(|after| lock(&self.offsets).get(&after.room_id).copied()).unwrap_or(0);
        let rooms = to.rooms.list_of(user, now, None, ALL).await?;
        let page: Vec<Room> = rooms.into_iter().skip(offset).zip(0..limit).map(|(room, _)| room).collect();
        if let Some(last) = page.last() {
            lock(&self.offsets).insert(last.id(), offset + page.len());
        }
        Ok(page)
    }
}

/// Leaves expiry to the sweep.
#[derive(Debug, Default)]
pub struct ListsExpiredRooms;

#[async_trait]
impl Sabotage for ListsExpiredRooms {
    async fn list_rooms(
        &self,
        to: &Ports,
        (user, _): (UserId, Timestamp),
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        to.rooms.list_of(user, beginning(), after, limit).await
    }
}

/// A clock that is ahead by a second.
#[derive(Debug, Default)]
pub struct SweepsTooEarly;

#[async_trait]
impl Sabotage for SweepsTooEarly {
    async fn list_expired(&self, to: &Ports, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        to.rooms.list_expired(now.after(Duration::from_secs(1)), limit).await
    }
}

/// A clock that is ahead by a second.
#[derive(Debug, Default)]
pub struct ForgetsAnswersTooEarly;

#[async_trait]
impl Sabotage for ForgetsAnswersTooEarly {
    async fn forget_answers(&self, to: &Ports, now: Timestamp) -> Result<u64, WriteError> {
        to.rooms.forget_answers(now.after(Duration::from_secs(1))).await
    }
}

/// A condition that the list of rooms has and this question lacks.
#[derive(Debug, Default)]
pub struct CountsExpiredRooms;

#[async_trait]
impl Sabotage for CountsExpiredRooms {
    async fn share_a_room(
        &self,
        to: &Ports,
        user: UserId,
        others: &[UserId],
        _: Timestamp,
    ) -> Result<Vec<UserId>, ReadError> {
        to.rooms.share_a_room(user, others, beginning()).await
    }
}
