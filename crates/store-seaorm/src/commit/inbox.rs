//! Writing what happened into the inboxes of those concerned.

use std::collections::BTreeMap;
use std::sync::Arc;

use parlour_domain::{InboxEntry, OutgoingEvent, Seq, UserId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, Insert, QueryFilter, QuerySelect};

use crate::classify::Failure;
use crate::inbox_repo::parse_head;
use crate::row::{event, inbox_entry, inbox_head};

/// Writes each event once and an entry of it for each recipient, and answers the entries.
pub(super) async fn tell(
    transaction: &impl ConnectionTrait,
    outgoing: &[OutgoingEvent],
    events: &[event::Model],
) -> Result<Vec<InboxEntry>, Failure> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut last_taken = reserve(transaction, outgoing).await?;
    let mut entries = Vec::new();
    for OutgoingEvent { event, recipients } in outgoing {
        for &recipient in recipients {
            let seq = last_taken.entry(recipient).or_default();
            *seq = seq.next();
            entries.push(InboxEntry { recipient, seq: *seq, event: Arc::clone(event) });
        }
    }
    Insert::many(events.to_vec()).exec_without_returning(transaction).await?;
    let rows = entries.iter().map(inbox_entry::Model::from);
    Insert::many(rows).exec_without_returning(transaction).await?;
    Ok(entries)
}

/// Moves the heads of all the inboxes on, and answers where each was before. The rows stay locked until the end of the
/// transaction, so places come without a gap; they are locked in the order of the users, so no two wait in a ring.
async fn reserve(
    transaction: &impl ConnectionTrait,
    outgoing: &[OutgoingEvent],
) -> Result<BTreeMap<UserId, Seq>, Failure> {
    let mut wanted: BTreeMap<UserId, i64> = BTreeMap::new();
    for &recipient in outgoing.iter().flat_map(|outgoing| &outgoing.recipients) {
        *wanted.entry(recipient).or_default() += 1;
    }
    let mut before = BTreeMap::new();
    for head in advance(transaction, &wanted).await? {
        let taken = wanted.get(&UserId::from_uuid(head.user_id)).copied().unwrap_or_default();
        let (user, seq) = parse_head(head.user_id, head.head - taken)?;
        before.insert(user, seq);
    }
    Ok(before)
}

async fn advance(
    transaction: &impl ConnectionTrait,
    wanted: &BTreeMap<UserId, i64>,
) -> Result<Vec<inbox_head::Model>, Failure> {
    let firsts = wanted.iter().map(|(user, &head)| inbox_head::Model { user_id: user.as_uuid(), head, forgotten: 0 });
    let moved = match transaction.get_database_backend() {
        DbBackend::MySql => "head + VALUES(head)",
        _ => "inbox_heads.head + excluded.head",
    };
    let on_conflict =
        OnConflict::column(inbox_head::Column::UserId).value(inbox_head::Column::Head, Expr::cust(moved)).to_owned();
    let upsert = Insert::many(firsts).on_conflict(on_conflict);
    if transaction.support_returning() {
        return Ok(upsert.exec_with_returning(transaction).await?);
    }
    upsert.exec_without_returning(transaction).await?;
    let of_recipients = inbox_head::Entity::find()
        .filter(inbox_head::Column::UserId.is_in(wanted.keys().map(|user| user.as_uuid())))
        .lock_exclusive();
    Ok(of_recipients.all(transaction).await?)
}
