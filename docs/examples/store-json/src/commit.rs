//! Applying a commit: everything that can be refused is checked first.

use std::collections::BTreeMap;

use parlour_domain::port::{CommitError, Committed};
use parlour_domain::{
    CommitParts, DirectPair, Expected, Fate, IdempotencyRecord, InboxEntry, OutgoingEvent, ParticipantChange, Room,
    RoomCommit, RoomKind, Seq,
};
use uuid::Uuid;

use crate::row::{AnswerRow, EventRow, ParticipantRow, RoomRow};
use crate::schema::Document;

pub(crate) fn apply(document: &mut Document, commit: RoomCommit) -> Result<Committed, CommitError> {
    let CommitParts { id, room, expected, fate, participants, events, idempotency } = commit.into_parts();
    if document.commits.contains(&id.as_uuid()) {
        return Ok(Committed::AlreadyApplied);
    }
    if !is_as_expected(document, &room, expected) {
        return Err(CommitError::Conflict);
    }
    if is_key_remembered(document, idempotency.as_ref()) {
        return Err(CommitError::Conflict);
    }
    document.commits.insert(id.as_uuid());
    change_room(document, &room, fate, participants);
    if let Some(record) = &idempotency {
        let answers = document.answers.entry(record.caller.as_uuid()).or_default();
        answers.insert(record.key.to_string(), AnswerRow::of(record));
    }
    Ok(Committed::Applied(tell(document, events)))
}

fn is_as_expected(document: &Document, room: &Room, expected: Expected) -> bool {
    let stored = document.rooms.get(&room.id().as_uuid());
    match expected {
        Expected::Absent => {
            let is_taken = |pair| document.rooms.values().any(|other| is_direct_room_of(other, pair));
            stored.is_none() && !room.direct_pair().is_some_and(is_taken)
        }
        Expected::Revision(revision) => stored.is_some_and(|row| row.revision == revision.get()),
    }
}

pub(crate) fn is_direct_room_of(row: &RoomRow, pair: DirectPair) -> bool {
    let both = [pair.low(), pair.high()].map(parlour_domain::UserId::as_uuid);
    row.kind == RoomKind::Direct.as_str() && row.participants.keys().copied().eq(both)
}

fn is_key_remembered(document: &Document, record: Option<&IdempotencyRecord>) -> bool {
    record.is_some_and(|record| {
        let answers = document.answers.get(&record.caller.as_uuid());
        let stored = answers.and_then(|answers| answers.get(record.key.as_str()));
        stored.is_some_and(|stored| stored.expires_at > record.created_at.as_micros())
    })
}

fn change_room(document: &mut Document, room: &Room, fate: Fate, changes: Vec<ParticipantChange>) {
    let id = room.id().as_uuid();
    let mut participants: BTreeMap<Uuid, ParticipantRow> =
        document.rooms.remove(&id).map(|old| old.participants).unwrap_or_default();
    for change in changes {
        match change {
            ParticipantChange::Added(one) => participants.insert(one.user_id.as_uuid(), ParticipantRow::of(&one)),
            ParticipantChange::Removed(user) => participants.remove(&user.as_uuid()),
        };
    }
    match fate {
        Fate::Kept => drop(document.rooms.insert(id, RoomRow::of(room, participants))),
        Fate::Gone => {}
    }
}

fn tell(document: &mut Document, events: Vec<OutgoingEvent>) -> Vec<InboxEntry> {
    let mut written = Vec::new();
    for OutgoingEvent { event, recipients } in events {
        document.events.insert(event.id.as_uuid(), EventRow::of(&event));
        for recipient in recipients {
            let inbox = document.inboxes.entry(recipient.as_uuid()).or_default();
            inbox.head += 1;
            inbox.entries.insert(inbox.head, event.id.as_uuid());
            written.push(InboxEntry { recipient, seq: Seq::new(inbox.head), event: event.clone() });
        }
    }
    written
}
