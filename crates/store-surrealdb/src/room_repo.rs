//! [`RoomRepo`] on SurrealDB: a room is one record with its participants; other records lead to it in the order in which
//! it is asked for.

mod company;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, UserRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};
use surrealdb::types::{SurrealValue, Variables};

use crate::SurrealStore;
use crate::classify::Unread;
use crate::connect::vars;
use crate::row::{AnswerRow, RoomRow, id, range};
use crate::user_repo::IDS_AT_ONCE;

const FIND: &str = "SELECT * FROM $room";
const FIND_DIRECT: &str = "SELECT * FROM (SELECT VALUE room FROM $direct)";
/// A condition with OR would keep the limit from the scan, which then reads every membership.
const LIST_OF: &str = "SELECT * FROM (SELECT VALUE room FROM type::record('member', $after>..$until)
    WHERE (expires_at ?? $now + 1) > $now LIMIT $limit)";
const LIST_EXPIRED: &str =
    "SELECT * FROM (SELECT VALUE room FROM type::record('expiry', $after>..$until) LIMIT $limit)";
const FIND_ANSWER: &str = "SELECT * FROM $answer";
const FORGET_ANSWERS: &str =
    "RETURN array::len((DELETE (SELECT VALUE id FROM answer WHERE expires_at <= $now LIMIT 1000) RETURN BEFORE))";

#[async_trait]
impl RoomRepo for SurrealStore {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.apply(commit).await
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        Ok(self.rooms(FIND, vars([("room", id::room(id).into_value())])).await?.pop())
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        Ok(self.rooms(FIND_DIRECT, vars([("direct", id::direct(pair).into_value())])).await?.pop())
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        let [after, until] = range::members(user, after).vars();
        let vars = vars([after, until, ("now", now.as_micros().into_value()), ("limit", limit.into_value())]);
        let mut rooms = self.rooms(LIST_OF, vars).await?;
        rooms.sort_unstable_by_key(|room| std::cmp::Reverse(room.cursor()));
        Ok(rooms)
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        let mut others: Vec<UserId> = others.iter().copied().filter(|other| *other != user).collect();
        others.sort_unstable();
        others.dedup();
        let mut sharing = Vec::new();
        for others in others.chunks(IDS_AT_ONCE) {
            sharing.extend(self.company(user, others, now).await?);
        }
        Ok(sharing)
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        let [after, until] = range::expired(now).vars();
        let vars = vars([after, until, ("limit", limit.into_value())]);
        let rows: Vec<RoomRow> = self.engine.read(LIST_EXPIRED, vars).await?;
        // One that does not parse must not keep the others from being swept.
        let mut rooms: Vec<Room> = rows.into_iter().filter_map(|row| Room::try_from(row).ok()).collect();
        rooms.sort_unstable_by_key(|room| (room.kind().expires_at(), room.id()));
        Ok(rooms)
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        let vars = vars([("answer", id::answer(caller, key).into_value())]);
        let mut rows: Vec<AnswerRow> = self.engine.read(FIND_ANSWER, vars).await?;
        Ok(rows.pop().map(|row| row.read(caller, key)).transpose()?)
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.engine.count_all(FORGET_ANSWERS, &vars([("now", now.as_micros().into_value())])).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        UserRepo::ping(self).await
    }
}

impl SurrealStore {
    async fn rooms(&self, text: &'static str, vars: Variables) -> Result<Vec<Room>, Unread> {
        let rows: Vec<RoomRow> = self.engine.read(text, vars).await?;
        rows.into_iter().map(Room::try_from).collect()
    }
}

#[cfg(test)]
mod tests {
    use parlour_store_contract::fixture::{Creation, at, key, people};

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn rooms_are_read_by_record_ids_and_ranges() {
        let [alice, bob] = people();
        let room = Creation::direct(&alice, &bob).commit().into_parts().room;
        let pair = room.direct_pair().unwrap();
        for (text, name, id) in [
            (FIND, "room", id::room(room.id())),
            (FIND_DIRECT, "direct", id::direct(pair)),
            (FIND_ANSWER, "answer", id::answer(alice.id, &key("key"))),
        ] {
            let plan = plan_of(text, vars([(name, id.into_value())])).await;
            assert!(is_bounded(&plan) && plan.contains("RecordIdScan"), "{plan}");
        }
        for (text, range) in [
            (LIST_OF, range::members(alice.id, None)),
            (LIST_OF, range::members(alice.id, Some(room.cursor()))),
            (LIST_EXPIRED, range::expired(at(1))),
        ] {
            let now = at(1).as_micros().into_value();
            let [after, until] = range.vars();
            let vars = vars([after, until, ("now", now), ("limit", 2.into_value())]);
            let plan = plan_of(text, vars).await;
            assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
        }
        let expired = "SELECT VALUE id FROM answer WHERE expires_at <= $now LIMIT 1000";
        assert!(FORGET_ANSWERS.contains(expired));
        let plan = plan_of(expired, vars([("now", 7.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("answer_by_end"), "{plan}");
    }
}
