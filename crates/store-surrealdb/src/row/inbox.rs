//! Inbox entries and the events they tell of.

use std::sync::Arc;

use parlour_domain::{EventId, InboxEntry, RoomEvent, Seq, Timestamp, UserId};
use parlour_store_codec::decode_event;
use surrealdb::types::{Bytes, RecordId, RecordIdKey, SurrealValue, Value};
use uuid::Uuid;

use super::{id, instant};
use crate::classify::Unread;

/// `inbox:[user, -seq]`, with the event or where it is.
#[derive(SurrealValue)]
pub(crate) struct EntryRow {
    id: RecordId,
    at: i64,
    event: Option<Bytes>,
    shared: Option<RecordId>,
}

impl EntryRow {
    pub(crate) fn inline(user: UserId, seq: Seq, at: Timestamp, event: Bytes) -> Self {
        Self { id: id::inbox(user, seq), at: at.as_micros(), event: Some(event), shared: None }
    }

    pub(crate) fn shared(user: UserId, seq: Seq, at: Timestamp, event: EventId) -> Self {
        Self { id: id::inbox(user, seq), at: at.as_micros(), event: None, shared: Some(id::shared_event(event)) }
    }
}

/// `shared_event:<id>`, with the number of entries that lead to it.
#[derive(SurrealValue)]
pub(crate) struct SharedEventRow {
    pub(crate) id: RecordId,
    pub(crate) event: Bytes,
    pub(crate) entries: i64,
}

/// An entry as a text reads it: with its event, wherever that is.
#[derive(SurrealValue)]
pub(crate) struct ReadEntry {
    id: RecordId,
    event: Option<Bytes>,
}

impl TryFrom<ReadEntry> for InboxEntry {
    type Error = Unread;

    fn try_from(row: ReadEntry) -> Result<Self, Unread> {
        let (recipient, seq) = place(&row.id)?;
        let event = row.event.ok_or_else(|| Unread::corrupt("inbox entry has no event"))?;
        let event: RoomEvent = decode_event(&event).map_err(Unread::corrupt)?;
        Ok(Self { recipient, seq, event: Arc::new(event) })
    }
}

/// An entry as the forgetting reads it.
#[derive(SurrealValue)]
pub(crate) struct OldEntry {
    id: RecordId,
    at: i64,
}

/// What the forgetting has to know of an entry.
pub(crate) struct Age {
    pub(crate) user: UserId,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
}

impl TryFrom<OldEntry> for Age {
    type Error = Unread;

    fn try_from(row: OldEntry) -> Result<Self, Unread> {
        let (user, seq) = place(&row.id)?;
        Ok(Self { user, seq, at: instant(row.at)? })
    }
}

/// Whose entry a record is, and which.
pub(crate) fn place(id: &RecordId) -> Result<(UserId, Seq), Unread> {
    let malformed = || Unread::corrupt("inbox id is no user and place");
    let RecordIdKey::Array(parts) = &id.key else { return Err(malformed()) };
    let (user, number): (Uuid, i64) = SurrealValue::from_value(Value::Array(parts.clone())).map_err(Unread::corrupt)?;
    Ok((UserId::from_uuid(user), Seq::new(number.unsigned_abs())))
}
