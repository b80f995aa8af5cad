//! The rooms, and the answered requests.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};
use uuid::Uuid;

use crate::commit;
use crate::connect::MemoryStore;
use crate::row::RoomRow;
use crate::schema::Tables;

#[async_trait]
impl RoomRepo for MemoryStore {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        commit::apply(&mut self.write(), commit)
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        room(&self.read(), id.as_uuid())
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        let tables = self.read();
        match tables.direct.get(&commit::pair_key(pair)) {
            Some(id) => room(&tables, *id),
            None => Ok(None),
        }
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let tables = self.read();
        let Some(cursors) = tables.memberships.get(&user.as_uuid()) else { return Ok(Vec::new()) };
        let end = after.map_or(Bound::Unbounded, |cursor| {
            Bound::Excluded((cursor.updated_at.as_micros(), cursor.room_id.as_uuid()))
        });
        let is_living = |row: &RoomRow| row.expires_at.is_none_or(|end| end > now.as_micros());
        let newest_first = cursors.range((Bound::Unbounded, end)).rev();
        let living = newest_first
            .filter_map(|(_, id)| Some((*id, tables.rooms.get(id)?)))
            .filter(|(_, row)| is_living(row))
            .zip(0..limit);
        living.map(|((id, row), _)| Ok(row.parse(id)?)).collect()
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        let tables = self.read();
        let cursors = tables.memberships.get(&user.as_uuid()).into_iter().flatten();
        let rooms = cursors.filter_map(|(_, id)| tables.rooms.get(id));
        let living = rooms.filter(|row| row.expires_at.is_none_or(|end| end > now.as_micros()));
        let company: BTreeSet<Uuid> = living.flat_map(|row| row.participants.keys().copied()).collect();
        let each_once: BTreeSet<UserId> = others.iter().copied().filter(|other| *other != user).collect();
        Ok(each_once.into_iter().filter(|other| company.contains(&other.as_uuid())).collect())
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        let tables = self.read();
        let expired = tables.ends.range(..=(now.as_micros(), Uuid::max())).zip(0..limit);
        let rows = expired.filter_map(|((_, id), _)| Some((*id, tables.rooms.get(id)?)));
        // One that does not parse must not keep the others from being swept.
        Ok(rows.filter_map(|(id, row)| row.parse(id).ok()).collect())
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        let tables = self.read();
        let row = tables.answers.get(&(caller.as_uuid(), key.to_string()));
        Ok(row.map(|row| row.parse(caller, key)).transpose()?)
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        let mut tables = self.write();
        let expired = tables.answers.extract_if(.., |_, row| row.expires_at <= now.as_micros());
        Ok(expired.map(|_| 1).sum())
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(())
    }
}

fn room(tables: &Tables, id: Uuid) -> Result<Option<Room>, ReadError> {
    Ok(tables.rooms.get(&id).map(|row| row.parse(id)).transpose()?)
}
