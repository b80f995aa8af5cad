//! What a commit writes, record by record.

use std::collections::BTreeSet;
use std::sync::Arc;

use parlour_domain::{
    CommitParts, DirectPair, Fate, IdempotencyRecord, InboxEntry, OutgoingEvent, Revision, Room, Timestamp, UserId,
};
use parlour_store_codec::encode_event;
use surrealdb::types::{Bytes, Object, RecordId, SurrealValue, ToSql, Value};

use super::heads::Known;
use crate::row::{AnswerRow, EntryRow, RoomRow, SharedEventRow, Table, Way, id, integer};

/// An event is kept once, beside the entries, when the copies in them would be larger than this together.
const LARGEST_COPIES: usize = 4 * 1024;

/// What is told, in the form in which it is kept.
struct Telling {
    outgoing: OutgoingEvent,
    bytes: Bytes,
}

impl Telling {
    fn is_shared(&self) -> bool {
        self.bytes.len().saturating_mul(self.outgoing.recipients.len()) > LARGEST_COPIES
    }
}

/// A room that exists, and what becomes of it.
struct Change {
    room: RecordId,
    revision: Revision,
    /// `None` when the room is gone.
    document: Option<RoomRow>,
    gone: Vec<RecordId>,
}

/// What a commit writes.
pub(super) struct Plan {
    pair: Option<DirectPair>,
    /// Whole rows, each beside its table and id.
    inserted: Vec<(Table, RecordId, Value)>,
    change: Option<Change>,
    answer: Option<(RecordId, Timestamp)>,
    tellings: Vec<Telling>,
    recipients: Vec<UserId>,
}

impl Plan {
    /// `before` is the room as it is stored, for a commit that changes one.
    pub(super) fn of(parts: CommitParts, before: Option<&Room>) -> Self {
        // The participants are in the room's own record, and what is expected is `before`.
        let CommitParts { id: commit, room, expected: _, fate, participants: _, events, idempotency } = parts;
        let ways_before = before.map(Way::all).unwrap_or_default();
        let ways_after = match fate {
            Fate::Kept => Way::all(&room),
            Fate::Gone => BTreeSet::new(),
        };
        let mut plan = Self {
            pair: room.direct_pair(),
            inserted: Vec::with_capacity(ways_after.len() + 3),
            change: None,
            answer: None,
            tellings: Vec::with_capacity(events.len()),
            recipients: Vec::new(),
        };
        plan.insert(Table::AppliedCommit, id::commit(commit), bare(id::commit(commit)));
        for way in ways_after.difference(&ways_before) {
            plan.insert(way.table(), way.id(), way.row(&room));
        }
        let document = (fate == Fate::Kept).then(|| RoomRow::from(&room));
        match (before, document) {
            (None, Some(document)) => plan.insert(Table::Room, id::room(room.id()), document.into_value()),
            (None, None) => {}
            (Some(before), document) => {
                let gone = ways_before.difference(&ways_after).map(|way| way.id()).collect();
                let revision = before.revision();
                plan.change = Some(Change { room: id::room(before.id()), revision, document, gone });
            }
        }
        if let Some(record) = idempotency {
            plan.remember(&record);
        }
        for outgoing in events {
            plan.tell(outgoing);
        }
        plan
    }

    fn insert(&mut self, table: Table, id: RecordId, row: Value) {
        self.inserted.push((table, id, row));
    }

    fn remember(&mut self, record: &IdempotencyRecord) {
        let id = id::answer(record.caller, &record.key);
        self.insert(Table::Answer, id.clone(), AnswerRow::from(record).into_value());
        self.answer = Some((id, record.created_at));
    }

    fn tell(&mut self, outgoing: OutgoingEvent) {
        let telling = Telling { bytes: encode_event(&outgoing.event).into(), outgoing };
        if telling.is_shared() {
            let entries = integer(telling.outgoing.recipients.len() as u64);
            let id = id::shared_event(telling.outgoing.event.id);
            let row = SharedEventRow { id: id.clone(), event: telling.bytes.clone(), entries };
            self.insert(Table::SharedEvent, id, row.into_value());
        }
        self.recipients.extend(&telling.outgoing.recipients);
        self.recipients.sort_unstable();
        self.recipients.dedup();
        self.tellings.push(telling);
    }

    /// Everyone who gets an entry, ascending, each once.
    pub(super) fn recipients(&self) -> &[UserId] {
        &self.recipients
    }

    /// The pair, if the room is a direct one.
    pub(super) const fn pair(&self) -> Option<DirectPair> {
        self.pair
    }

    /// Whether it inserts the record that the engine calls so, an inbox entry aside.
    pub(super) fn inserts(&self, printed: &str) -> bool {
        self.inserted.iter().any(|(_, id, _)| id.to_sql() == printed)
    }

    /// How many records it inserts.
    pub(super) fn size(&self) -> usize {
        self.inserted.len() + self.tellings.iter().map(|telling| telling.outgoing.recipients.len()).sum::<usize>()
    }

    /// The answer that it remembers, and when that was given.
    pub(super) const fn answer(&self) -> Option<&(RecordId, Timestamp)> {
        self.answer.as_ref()
    }

    /// Whether it changes a room that exists.
    pub(super) const fn is_change(&self) -> bool {
        self.change.is_some()
    }

    /// The parameters of a change, NONE where there is none.
    pub(super) fn change(&self) -> [(&'static str, Value); 4] {
        let change = self.change.as_ref();
        let document = change.and_then(|change| change.document.clone());
        [
            ("room", change.map(|change| change.room.clone()).into_value()),
            ("document", document.into_value()),
            ("revision", change.map(|change| integer(change.revision.get())).into_value()),
            ("gone", change.map(|change| change.gone.clone()).unwrap_or_default().into_value()),
        ]
    }

    /// Adds the rows to insert to `rows`; the inbox entries among them follow the heads, and move them.
    fn add_rows(&self, known: &mut Known, rows: &mut Vec<(Table, Value)>) -> Vec<InboxEntry> {
        rows.extend(self.inserted.iter().map(|(table, _, row)| (*table, row.clone())));
        let mut entries = Vec::with_capacity(self.size() - self.inserted.len());
        for telling in &self.tellings {
            let event = &telling.outgoing.event;
            for recipient in telling.outgoing.recipients.iter().copied() {
                let seq = known.next(recipient);
                let row = if telling.is_shared() {
                    EntryRow::shared(recipient, seq, event.at, event.id)
                } else {
                    EntryRow::inline(recipient, seq, event.at, telling.bytes.clone())
                };
                rows.push((Table::Inbox, row.into_value()));
                entries.push(InboxEntry { recipient, seq, event: Arc::clone(event) });
            }
        }
        entries
    }
}

/// All rows that the plans insert, those of one table together, and the inbox entries of each.
pub(super) fn rows(plans: &[&Plan], mut known: Known) -> (Vec<Value>, Vec<Vec<InboxEntry>>) {
    let mut rows = Vec::with_capacity(plans.iter().map(|plan| plan.size()).sum());
    let entries = plans.iter().map(|plan| plan.add_rows(&mut known, &mut rows)).collect();
    rows.sort_by_key(|(table, _)| *table);
    (rows.into_iter().map(|(_, row)| row).collect(), entries)
}

fn bare(id: RecordId) -> Value {
    let mut row = Object::new();
    row.insert("id", id);
    Value::Object(row)
}
