//! Applying a commit: everything that can be refused is checked first, and what is applied then cannot fail.

use std::collections::BTreeMap;

use parlour_domain::port::{CommitError, Committed};
use parlour_domain::{
    CommitParts, DirectPair, Expected, Fate, IdempotencyRecord, InboxEntry, OutgoingEvent, ParticipantChange, Room,
    RoomCommit, Seq,
};
use uuid::Uuid;

use crate::row::{AnswerRow, EntryRow, ParticipantRow, RoomRow};
use crate::schema::Tables;

pub(crate) fn pair_key(pair: DirectPair) -> (Uuid, Uuid) {
    (pair.low().as_uuid(), pair.high().as_uuid())
}

pub(crate) fn apply(tables: &mut Tables, commit: RoomCommit) -> Result<Committed, CommitError> {
    let CommitParts { id, room, expected, fate, participants, events, idempotency } = commit.into_parts();
    if tables.commits.contains(&id.as_uuid()) {
        return Ok(Committed::AlreadyApplied);
    }
    if !is_as_expected(tables, &room, expected) || is_key_remembered(tables, idempotency.as_ref()) {
        return Err(CommitError::Conflict);
    }
    tables.commits.insert(id.as_uuid());
    change_room(tables, &room, fate, &participants);
    if let Some(record) = &idempotency {
        tables.answers.insert((record.caller.as_uuid(), record.key.to_string()), AnswerRow::of(record));
    }
    Ok(Committed::Applied(tell(tables, events)))
}

fn is_as_expected(tables: &Tables, room: &Room, expected: Expected) -> bool {
    let stored = tables.rooms.get(&room.id().as_uuid());
    match expected {
        Expected::Absent => {
            let is_pair_free = |pair| !tables.direct.contains_key(&pair_key(pair));
            stored.is_none() && room.direct_pair().is_none_or(is_pair_free)
        }
        Expected::Revision(revision) => stored.is_some_and(|row| row.revision == revision.get()),
    }
}

fn is_key_remembered(tables: &Tables, record: Option<&IdempotencyRecord>) -> bool {
    record.is_some_and(|record| {
        let stored = tables.answers.get(&(record.caller.as_uuid(), record.key.to_string()));
        stored.is_some_and(|stored| stored.expires_at > record.created_at.as_micros())
    })
}

fn change_room(tables: &mut Tables, room: &Room, fate: Fate, changes: &[ParticipantChange]) {
    let id = room.id().as_uuid();
    let mut participants = tables.rooms.remove(&id).map_or_else(BTreeMap::new, |old| {
        unindex(tables, id, room, &old);
        old.participants
    });
    for change in changes {
        match change {
            ParticipantChange::Added(one) => {
                participants.insert(one.user_id.as_uuid(), ParticipantRow::of(one));
            }
            ParticipantChange::Removed(user) => {
                participants.remove(&user.as_uuid());
            }
        }
    }
    match fate {
        Fate::Kept => {
            let row = RoomRow::of(room, participants);
            index(tables, id, room, &row);
            tables.rooms.insert(id, row);
        }
        Fate::Gone => {}
    }
}

pub(crate) fn index(tables: &mut Tables, id: Uuid, room: &Room, row: &RoomRow) {
    for user in row.participants.keys() {
        tables.memberships.entry(*user).or_default().insert((row.updated_at, id));
    }
    tables.ends.extend(row.expires_at.map(|end| (end, id)));
    tables.direct.extend(room.direct_pair().map(|pair| (pair_key(pair), id)));
}

fn unindex(tables: &mut Tables, id: Uuid, room: &Room, row: &RoomRow) {
    for user in row.participants.keys() {
        if let Some(cursors) = tables.memberships.get_mut(user) {
            cursors.remove(&(row.updated_at, id));
        }
    }
    if let Some(end) = row.expires_at {
        tables.ends.remove(&(end, id));
    }
    if let Some(pair) = room.direct_pair() {
        tables.direct.remove(&pair_key(pair));
    }
}

fn tell(tables: &mut Tables, events: Vec<OutgoingEvent>) -> Vec<InboxEntry> {
    let mut written = Vec::new();
    for OutgoingEvent { event, recipients } in events {
        let row = EntryRow::of(&event);
        for recipient in recipients {
            let inbox = tables.inboxes.entry(recipient.as_uuid()).or_default();
            inbox.head += 1;
            inbox.entries.insert(inbox.head, row.clone());
            written.push(InboxEntry { recipient, seq: Seq::new(inbox.head), event: event.clone() });
        }
    }
    written
}
