//! Forgetting old inbox entries, a few users at a time, so that nobody waits long for the write lock.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use parlour_domain::Timestamp;
use parlour_domain::port::WriteError;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect};

use crate::SqlStore;
use crate::commit::{Stop, Work};
use crate::connect::Transaction;
use crate::row::{event, inbox_entry, inbox_head};

const INBOXES_PER_LOOK: u64 = 256;
/// Their heads are locked meanwhile, and whoever tells them something waits: 2,000 entries are gone in well under the time
/// that a writer gives another.
const USERS_PER_TRANSACTION: usize = 16;
const ENTRIES_PER_USER: i64 = 125;
const EVENTS_PER_STATEMENT: usize = 1_000;

impl SqlStore {
    pub(super) async fn forget_entries(&self, before: Timestamp) -> Result<u64, WriteError> {
        let before = before.as_micros();
        let (mut entries, mut last) = (0, None);
        loop {
            let looked_at = self.look_at_inboxes(before, last).await.map_err(not_applied)?;
            let Some(&(furthest, _)) = looked_at.last() else { return Ok(entries) };
            last = Some(furthest);
            let old: Vec<Uuid> = looked_at.into_iter().filter(|(_, is_old)| *is_old).map(|(user, _)| user).collect();
            for users in old.chunks(USERS_PER_TRANSACTION) {
                entries += self.forget_all_for(users, before).await?;
            }
        }
    }

    /// The next inboxes, and whether the oldest entry of each is old.
    async fn look_at_inboxes(&self, before: i64, last: Option<Uuid>) -> Result<Vec<(Uuid, bool)>, DbErr> {
        let rows = self.reading().query_all(&inboxes(before, last)).await?;
        let parse = |row: &QueryResult| {
            let old: Option<i64> = row.try_get("", "seq")?;
            Ok((row.try_get("", "user_id")?, old.is_some()))
        };
        rows.iter().map(parse).collect()
    }

    async fn forget_all_for(&self, users: &[Uuid], before: i64) -> Result<u64, WriteError> {
        let mut entries = 0;
        loop {
            let forgotten = self.forget_for(users, before).await?;
            entries += forgotten.entries;
            if !forgotten.is_more_left {
                return Ok(entries);
            }
        }
    }

    async fn forget_for(&self, users: &[Uuid], before: i64) -> Result<Forgotten, WriteError> {
        self.writing().transact(&Forgetting { users, before }).await.map_err(Stop::into_write_error)
    }
}

/// The next of the old entries of a few users.
struct Forgetting<'a> {
    users: &'a [Uuid],
    before: i64,
}

#[async_trait]
impl Work for Forgetting<'_> {
    type Done = Forgotten;

    async fn apply(&self, transaction: &Transaction) -> Result<Forgotten, Stop> {
        Ok(forget_within(transaction, self.users, self.before).await?)
    }
}

fn not_applied(error: DbErr) -> WriteError {
    WriteError::Unavailable(error.into())
}

/// Those that have more than their newest entry, each with its oldest one if that is old: one look per inbox, and no
/// index that writers would pay for. So many at a time, or a planner would rather read all entries for each batch.
fn inboxes(before: i64, last: Option<Uuid>) -> SelectStatement {
    use inbox_head::Column::{Forgotten, Head, UserId};
    let looked_at = Alias::new("looked_at");
    let mut next = Query::select();
    next.columns([UserId, Forgotten])
        .from(inbox_head::Entity)
        .and_where(Expr::col(Forgotten).add(1).lt(Expr::col(Head)))
        .order_by(UserId, Order::Asc)
        .limit(INBOXES_PER_LOOK);
    if let Some(last) = last {
        next.and_where(UserId.gt(last));
    }
    let oldest = Expr::col((inbox_entry::Entity, inbox_entry::Column::UserId))
        .equals((looked_at.clone(), UserId))
        .and(
            Expr::col((inbox_entry::Entity, inbox_entry::Column::Seq))
                .eq(Expr::col((looked_at.clone(), Forgotten)).add(1)),
        )
        .and(inbox_entry::Column::EventAt.lt(before));
    Query::select()
        .column((looked_at.clone(), UserId))
        .column((inbox_entry::Entity, inbox_entry::Column::Seq))
        .from_subquery(next, looked_at.clone())
        .left_join(inbox_entry::Entity, oldest)
        .order_by((looked_at, UserId), Order::Asc)
        .to_owned()
}

#[derive(Default)]
struct Forgotten {
    entries: u64,
    is_more_left: bool,
}

async fn forget_within(transaction: &impl ConnectionTrait, users: &[Uuid], before: i64) -> Result<Forgotten, DbErr> {
    let heads = inbox_head::Entity::find()
        .filter(inbox_head::Column::UserId.is_in(users.iter().copied()))
        .order_by_asc(inbox_head::Column::UserId)
        .lock_exclusive()
        .all(transaction)
        .await?;
    let mut done = Forgotten::default();
    let mut released = HashMap::new();
    for head in heads {
        let furthest = Ord::min(head.forgotten + ENTRIES_PER_USER, head.head - 1);
        let end = end_of_old(transaction, &head, furthest, before).await?;
        if end <= head.forgotten {
            continue;
        }
        done.is_more_left |= end == head.forgotten + ENTRIES_PER_USER;
        done.entries += forget_up_to(transaction, &head, end, &mut released).await?;
    }
    release(transaction, released).await?;
    Ok(done)
}

/// The place before the first entry that is young, so that no gap comes to be.
async fn end_of_old(
    transaction: &impl ConnectionTrait,
    head: &inbox_head::Model,
    furthest: i64,
    before: i64,
) -> Result<i64, DbErr> {
    use inbox_entry::Column::{EventAt, Seq, UserId};
    let first_young = inbox_entry::Entity::find()
        .filter(UserId.eq(head.user_id))
        .filter(Seq.gt(head.forgotten))
        .filter(Seq.lte(furthest))
        .filter(EventAt.gte(before))
        .order_by_asc(Seq)
        .limit(1)
        .one(transaction)
        .await?;
    Ok(first_young.map_or(furthest, |entry| entry.seq - 1))
}

async fn forget_up_to(
    transaction: &impl ConnectionTrait,
    head: &inbox_head::Model,
    end: i64,
    released: &mut HashMap<Uuid, i64>,
) -> Result<u64, DbErr> {
    use inbox_entry::Column::{Seq, UserId};
    let old = UserId.eq(head.user_id).and(Seq.lte(end));
    for entry in inbox_entry::Entity::find().filter(old.clone()).all(transaction).await? {
        *released.entry(entry.event_id).or_default() += 1;
    }
    let entries = inbox_entry::Entity::delete_many().filter(old).exec(transaction).await?.rows_affected;
    let moved = inbox_head::Entity::update_many()
        .col_expr(inbox_head::Column::Forgotten, Expr::value(end))
        .filter(inbox_head::Column::UserId.eq(head.user_id));
    moved.exec(transaction).await?;
    Ok(entries)
}

/// Counts the events' lost entries, and removes the events that have none left.
async fn release(transaction: &impl ConnectionTrait, released: HashMap<Uuid, i64>) -> Result<(), DbErr> {
    let mut by_count: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (event, count) in released {
        by_count.entry(count).or_default().push(event);
    }
    for (count, mut events) in by_count {
        events.sort_unstable();
        for events in events.chunks(EVENTS_PER_STATEMENT) {
            let these = event::Column::Id.is_in(events.iter().copied());
            let fewer = event::Entity::update_many()
                .col_expr(event::Column::KeptBy, Expr::col(event::Column::KeptBy).sub(count))
                .filter(these.clone());
            fewer.exec(transaction).await?;
            let unkept = event::Entity::delete_many().filter(these).filter(event::Column::KeptBy.lte(0));
            unkept.exec(transaction).await?;
        }
    }
    Ok(())
}
