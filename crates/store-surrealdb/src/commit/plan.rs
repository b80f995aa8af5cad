//! What a commit writes, record by record.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use parlour_domain::{
    CommitParts, Fate, IdempotencyRecord, InboxEntry, OutgoingEvent, Participant, Revision, Room, Seq, Timestamp,
    UserId,
};
use parlour_store_codec::encode_event;
use surrealdb::types::{Bytes, Object, RecordId, SurrealValue, Value};

use super::heads::Known;
use crate::row::{AnswerRow, EntryRow, RoomRow, SharedEventRow, Table, id, integer, way_to};

/// An event is kept once, beside the entries, when the copies in them would be larger than this together.
const LARGEST_COPIES: usize = 4 * 1024;

/// What is told, in the form in which it is kept.
struct Telling<'c> {
    outgoing: &'c OutgoingEvent,
    bytes: Bytes,
}

impl Telling<'_> {
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
pub(super) struct Plan<'c> {
    inserted: Vec<(Table, Value)>,
    change: Option<Change>,
    answer: Option<&'c IdempotencyRecord>,
    /// Whether the answer takes the place of one that has expired.
    pub(super) replaces_answer: bool,
    tellings: Vec<Telling<'c>>,
    recipients: Vec<UserId>,
}

impl<'c> Plan<'c> {
    /// `before` is the room as it is stored, for a commit that changes one.
    pub(super) fn of(parts: &'c CommitParts, before: Option<&Room>) -> Self {
        // The participants are in the room's own record, and what is expected is `before`.
        let CommitParts { id: commit, room, expected: _, fate, participants: _, events, idempotency } = parts;
        let ways_before = before.map(ways).unwrap_or_default();
        let ways_after = match fate {
            Fate::Kept => ways(room),
            Fate::Gone => BTreeSet::new(),
        };
        let mut applied = Object::new();
        applied.insert("id", id::commit(*commit));
        let mut inserted = vec![(Table::AppliedCommit, Value::Object(applied))];
        for way in ways_after.difference(&ways_before) {
            let table = table_of(way);
            inserted.push((table, way_to(table, way.clone(), room)));
        }
        let document = (*fate == Fate::Kept).then(|| RoomRow::from(room));
        let change = match before {
            None => {
                inserted.extend(document.map(|document| (Table::Room, document.into_value())));
                None
            }
            Some(before) => Some(Change {
                room: id::room(before.id()),
                revision: before.revision(),
                document,
                gone: ways_before.difference(&ways_after).cloned().collect(),
            }),
        };
        inserted.extend(idempotency.as_ref().map(|record| (Table::Answer, AnswerRow::from(record).into_value())));
        let telling = |outgoing| Telling { outgoing, bytes: encode_event(&outgoing.event).into() };
        let tellings: Vec<Telling<'c>> = events.iter().map(telling).collect();
        for telling in tellings.iter().filter(|telling| telling.is_shared()) {
            let row = SharedEventRow {
                id: id::shared_event(telling.outgoing.event.id),
                event: telling.bytes.clone(),
                entries: integer(telling.outgoing.recipients.len() as u64),
            };
            inserted.push((Table::SharedEvent, row.into_value()));
        }
        let recipients: BTreeSet<UserId> = events.iter().flat_map(|outgoing| &outgoing.recipients).copied().collect();
        Self {
            inserted,
            change,
            answer: idempotency.as_ref(),
            replaces_answer: false,
            tellings,
            recipients: recipients.into_iter().collect(),
        }
    }

    pub(super) fn recipients(&self) -> &[UserId] {
        &self.recipients
    }

    pub(super) const fn only_inserts(&self) -> bool {
        self.change.is_none() && !self.replaces_answer
    }

    /// The answer that is written, and when it was given.
    pub(super) fn answer(&self) -> Option<(RecordId, Timestamp)> {
        self.answer.map(|record| (id::answer(record.caller, &record.key), record.created_at))
    }

    /// The inbox entries that follow the heads, and all rows to insert, those of one table together.
    pub(super) fn rows(&self, known: &Known) -> (Vec<InboxEntry>, Vec<Value>) {
        let mut heads: HashMap<UserId, Seq> = self.recipients.iter().map(|user| (*user, known.head(*user))).collect();
        let mut entries = Vec::new();
        let mut rows = self.inserted.clone();
        for telling in &self.tellings {
            let event = &telling.outgoing.event;
            for recipient in &telling.outgoing.recipients {
                let Some(head) = heads.get_mut(recipient) else { continue };
                *head = head.next();
                let row = if telling.is_shared() {
                    EntryRow::shared(*recipient, *head, event.at, event.id)
                } else {
                    EntryRow::inline(*recipient, *head, event.at, telling.bytes.clone())
                };
                rows.push((Table::Inbox, row.into_value()));
                entries.push(InboxEntry { recipient: *recipient, seq: *head, event: Arc::clone(event) });
            }
        }
        rows.sort_by_key(|(table, _)| *table);
        (entries, rows.into_iter().map(|(_, row)| row).collect())
    }

    /// The parameters of a change, NONE where there is none.
    pub(super) fn change(&self) -> [(&'static str, Value); 6] {
        let answer = self.answer().filter(|_| self.replaces_answer);
        let (expired, now) = answer.map_or((Value::None, Value::None), |(answer, now)| {
            (vec![answer].into_value(), now.as_micros().into_value())
        });
        let change = self.change.as_ref();
        [
            ("expired", if expired == Value::None { Vec::<RecordId>::new().into_value() } else { expired }),
            ("now", now),
            ("room", change.map(|change| change.room.clone()).into_value()),
            ("document", change.and_then(|change| change.document.clone()).into_value()),
            ("revision", change.map(|change| integer(change.revision.get())).into_value()),
            ("gone", change.map(|change| change.gone.clone()).unwrap_or_default().into_value()),
        ]
    }
}

/// The records that lead to a room.
fn ways(room: &Room) -> BTreeSet<RecordId> {
    let member = |participant: &Participant| id::member(participant.user_id, room.cursor());
    let members = room.participants().iter().map(member);
    let direct = room.direct_pair().map(id::direct);
    let expiry = room.kind().expires_at().map(|end| id::expiry(end, room.id()));
    members.chain(direct).chain(expiry).collect()
}

fn table_of(way: &RecordId) -> Table {
    Table::ALL.into_iter().find(|table| table.name() == way.table.as_str()).unwrap_or(Table::Member)
}
