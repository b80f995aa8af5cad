//! [`InboxRepo`] on SurrealDB: an entry is one record, the newest one first, so that the first of a user's range is the
//! head.

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, ReadError, WriteError};
use parlour_domain::{InboxEntry, InboxPage, Seq, Timestamp, UserId};
use surrealdb::types::{RecordId, SurrealValue};

use crate::SurrealStore;
use crate::classify::Unread;
use crate::commit::read_heads;
use crate::connect::vars;
use crate::row::{Age, OldEntry, ReadEntry, id, integer, place, range};

const READ: &str = "RETURN {
    entries: (SELECT id, event ?? shared.event AS event FROM $range),
    head: (SELECT VALUE id FROM ONLY type::record('inbox', $after>..$until) LIMIT 1),
    forgotten: (SELECT VALUE seq FROM ONLY $forgotten) }";
const AGES: &str = "SELECT id, at FROM type::record('inbox', $after>..$until) LIMIT $limit";
const FORGET: &str = "{
    LET $gone = (DELETE $range RETURN BEFORE);
    FOR $entry IN $gone {
        IF $entry.shared != NONE {
            UPDATE $entry.shared SET entries -= 1 RETURN NONE;
            DELETE $entry.shared WHERE entries <= 0 RETURN NONE;
        }
    };
    UPSERT $forgotten SET seq = math::max([seq ?? 0, $seq]) RETURN NONE;
    UPDATE epoch:inbox SET n += 1 RETURN NONE;
    RETURN array::len($gone);
}";

/// So many that the text is answered in a small part of the time that it may take.
const HEADS_AT_ONCE: usize = 250;
const AGES_AT_ONCE: u32 = 1_000;
const FORGOTTEN_AT_ONCE: usize = 1_000;

#[derive(SurrealValue)]
struct Page {
    entries: Vec<ReadEntry>,
    head: Option<RecordId>,
    forgotten: Option<i64>,
}

#[async_trait]
impl InboxRepo for SurrealStore {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let page = self.page(user, since, limit).await?;
        if since >= page.forgotten {
            return Ok(page);
        }
        // What follows the place was forgotten, and what is left begins later.
        Ok(self.page(user, page.forgotten, limit).await?)
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        let mut heads = Vec::with_capacity(users.len());
        for users in users.chunks(HEADS_AT_ONCE) {
            let users = users.to_vec();
            let known = self
                .engine
                .run(async move |session| read_heads(&session, &users).await)
                .await
                .map_err(Unread::from)??;
            heads.extend(known.heads);
        }
        Ok(heads)
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        let mut forgotten = 0;
        let mut inbox: Vec<Age> = Vec::new();
        let mut after = None;
        loop {
            let page = self.ages(after).await?;
            let is_last = page.len() < usize::try_from(AGES_AT_ONCE).unwrap_or(usize::MAX);
            for age in page {
                after = Some((age.user, age.seq));
                if inbox.first().is_some_and(|newest| newest.user != age.user) {
                    forgotten += self.forget_of(&inbox, before).await?;
                    inbox.clear();
                }
                inbox.push(age);
            }
            if is_last {
                return Ok(forgotten + self.forget_of(&inbox, before).await?);
            }
        }
    }
}

impl SurrealStore {
    /// The part of an inbox that lies within `limit` places after `since`.
    async fn page(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, Unread> {
        let last = Seq::new(since.get().saturating_add(limit.into()));
        let [after, until] = range::inbox(user).vars();
        let vars = vars([
            ("range", range::entries(user, since.next(), last).into_value()),
            after,
            until,
            ("forgotten", id::forgotten(user).into_value()),
        ]);
        let Page { entries, head, forgotten } = self.engine.read(READ, vars).await?;
        let mut entries = entries.into_iter().map(InboxEntry::try_from).collect::<Result<Vec<_>, _>>()?;
        entries.reverse();
        Ok(InboxPage {
            entries,
            head: head.map_or(Ok(Seq::ZERO), |id| place(&id).map(|(_, seq)| seq))?,
            forgotten: forgotten.map_or(Seq::ZERO, |seq| Seq::new(seq.unsigned_abs())),
        })
    }

    async fn ages(&self, after: Option<(UserId, Seq)>) -> Result<Vec<Age>, Unread> {
        let [after, until] = range::inboxes(after).vars();
        let vars = vars([after, until, ("limit", AGES_AT_ONCE.into_value())]);
        let rows: Vec<OldEntry> = self.engine.read(AGES, vars).await?;
        rows.into_iter().map(Age::try_from).collect()
    }

    /// Forgets the old end of one inbox, whose entries come newest first. The newest stays: it is the head.
    async fn forget_of(&self, inbox: &[Age], before: Timestamp) -> Result<u64, WriteError> {
        let Some((_, others)) = inbox.split_first() else { return Ok(0) };
        let kept = others.iter().rposition(|age| age.at >= before).map_or(0, |newest_kept| newest_kept + 1);
        let mut forgotten = 0;
        // Oldest first, so that what is left has no gap whenever it stops.
        let mut old = &others[kept..];
        while let Some(oldest) = old.last() {
            let at_once = old.len().min(FORGOTTEN_AT_ONCE);
            let (left, batch) = old.split_at(old.len() - at_once);
            forgotten += self.forget_batch(oldest.user, batch).await?;
            old = left;
        }
        Ok(forgotten)
    }

    async fn forget_batch(&self, user: UserId, batch: &[Age]) -> Result<u64, WriteError> {
        let (Some(newest), Some(oldest)) = (batch.first(), batch.last()) else { return Ok(0) };
        let vars = vars([
            ("range", range::entries(user, oldest.seq, newest.seq).into_value()),
            ("forgotten", id::forgotten(user).into_value()),
            ("seq", integer(newest.seq.get()).into_value()),
        ]);
        self.engine.count(FORGET, &vars).await
    }
}

#[cfg(test)]
mod tests {
    use parlour_store_contract::fixture::user;

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn inboxes_are_read_by_ranges() {
        let user = user().id;
        let head = "SELECT VALUE id FROM ONLY type::record('inbox', $after>..$until) LIMIT 1";
        let entries = "SELECT id, event ?? shared.event AS event FROM $range";
        assert!(READ.contains(head) && READ.contains(entries));
        let plan = plan_of(head, vars(range::inbox(user).vars())).await;
        assert!(is_bounded(&plan) && plan.contains("limit: 1"), "{plan}");
        let page = range::entries(user, Seq::new(3), Seq::new(9)).into_value();
        let plan = plan_of(entries, vars([("range", page)])).await;
        assert!(is_bounded(&plan) && plan.contains("RecordIdScan"), "{plan}");
        let [after, until] = range::inboxes(Some((user, Seq::new(3)))).vars();
        let plan = plan_of(AGES, vars([after, until, ("limit", 2.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
    }
}
