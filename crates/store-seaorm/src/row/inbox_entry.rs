//! Table `inbox_entries`, and an inbox with its entries and their events.

use std::sync::Arc;

use parlour_domain::port::Source;
use parlour_domain::{InboxEntry, InboxPage, Seq, UserId};
use parlour_store_codec::decode_event;
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::{CorruptRow, signed, unsigned};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub event_id: Uuid,
    /// When the event happened, so that forgetting need not open it.
    pub event_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&InboxEntry> for Model {
    fn from(entry: &InboxEntry) -> Self {
        let InboxEntry { recipient, seq, event } = entry;
        Self {
            user_id: recipient.as_uuid(),
            seq: signed(seq.get()),
            event_id: event.id.as_uuid(),
            event_at: event.at.as_micros(),
        }
    }
}

/// An inbox beside one of its entries; an inbox of which no entry was asked for is one row without one.
#[derive(Debug, FromQueryResult)]
pub(crate) struct InboxRow {
    head: i64,
    forgotten: i64,
    seq: Option<i64>,
    body: Option<Vec<u8>>,
}

/// Puts a page of an inbox together again, from rows in ascending order of their places.
pub(crate) fn assemble(user: UserId, rows: &[InboxRow]) -> Result<InboxPage, CorruptRow> {
    let Some(inbox) = rows.first() else {
        return Ok(InboxPage { entries: Vec::new(), head: Seq::ZERO, forgotten: Seq::ZERO });
    };
    let place = |n| unsigned(n).map(Seq::new).map_err(|source| CorruptRow::new(format!("inbox of {user}"), source));
    let entries = rows.iter().filter_map(|row| row.seq.map(|seq| entry(user, seq, row.body.as_deref())));
    Ok(InboxPage {
        entries: entries.collect::<Result<_, _>>()?,
        head: place(inbox.head)?,
        forgotten: place(inbox.forgotten)?,
    })
}

pub(crate) fn entry(user: UserId, seq: i64, body: Option<&[u8]>) -> Result<InboxEntry, CorruptRow> {
    parse(user, seq, body).map_err(|source| CorruptRow::new(format!("inbox entry {seq} of {user}"), source))
}

fn parse(user: UserId, seq: i64, body: Option<&[u8]>) -> Result<InboxEntry, Source> {
    let event = decode_event(body.ok_or("its event is missing")?)?;
    Ok(InboxEntry { recipient: user, seq: Seq::new(unsigned(seq)?), event: Arc::new(event) })
}
