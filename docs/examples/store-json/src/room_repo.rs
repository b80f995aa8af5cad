//! The rooms, and the answered requests.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};

use crate::commit;
use crate::connect::JsonStore;
use crate::row::{AnswerRow, RoomRow};

#[async_trait]
impl RoomRepo for JsonStore {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.write(|document| commit::apply(document, commit))
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        let id = id.as_uuid();
        self.read(|document| Ok(document.rooms.get(&id).map(|row| row.parse(id)).transpose()?))
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        self.read(|document| {
            let found = document.rooms.iter().find(|(_, row)| commit::is_direct_room_of(row, pair));
            Ok(found.map(|(id, row)| row.parse(*id)).transpose()?)
        })
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let after = after.map(|cursor| (cursor.updated_at.as_micros(), cursor.room_id.as_uuid()));
        let is_living = |row: &RoomRow| row.expires_at.is_none_or(|end| end > now.as_micros());
        self.read(|document| {
            let own = document.rooms.iter().filter(|(_, row)| row.participants.contains_key(&user.as_uuid()));
            let living = own.filter(|(_, row)| is_living(row)).map(|(id, row)| ((row.updated_at, *id), row));
            let mut following: Vec<_> = living.filter(|(place, _)| after.is_none_or(|after| *place < after)).collect();
            following.sort_unstable_by_key(|(place, _)| Reverse(*place));
            following.into_iter().zip(0..limit).map(|(((_, id), row), _)| Ok(row.parse(id)?)).collect()
        })
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        let is_living = |row: &&RoomRow| row.expires_at.is_none_or(|end| end > now.as_micros());
        let share = |row: &RoomRow, other: UserId| {
            [user, other].iter().all(|one| row.participants.contains_key(&one.as_uuid()))
        };
        let each_once: BTreeSet<UserId> = others.iter().copied().filter(|other| *other != user).collect();
        self.read(|document| {
            let living: Vec<&RoomRow> = document.rooms.values().filter(is_living).collect();
            let is_company = |other: &UserId| living.iter().any(|row| share(row, *other));
            Ok(each_once.into_iter().filter(is_company).collect())
        })
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.read(|document| {
            let ends = document.rooms.iter().filter_map(|(id, row)| Some(((row.expires_at?, *id), row)));
            let mut expired: Vec<_> = ends.filter(|((end, _), _)| *end <= now.as_micros()).collect();
            expired.sort_unstable_by_key(|(end, _)| *end);
            // One that does not parse must not keep the others from being swept.
            Ok(expired.into_iter().zip(0..limit).filter_map(|(((_, id), row), _)| row.parse(id).ok()).collect())
        })
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        self.read(|document| {
            let row = document.answers.get(&caller.as_uuid()).and_then(|answers| answers.get(key.as_str()));
            Ok(row.map(|row| row.parse(caller, key)).transpose()?)
        })
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.write(|document| {
            let expired = |answers: &mut BTreeMap<String, AnswerRow>| {
                answers.extract_if(.., |_, row| row.expires_at <= now.as_micros()).map(|_| 1).sum::<u64>()
            };
            Ok(document.answers.values_mut().map(expired).sum())
        })
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(())
    }
}
