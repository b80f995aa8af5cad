//! Writing records. What is refused half-way is never saved.

use std::collections::BTreeMap;

use parlour_domain::port::ImportError;
use parlour_domain::{ArchiveRecord, Block, InboxEntry, InboxHead, Room, Session, SetPolicy, User};

use crate::classify::RecordExists;
use crate::commit::is_direct_room_of;
use crate::row::passkey::PasskeyRow;
use crate::row::{AnswerRow, EventRow, ParticipantRow, RoomRow, SessionRow, UserRow};
use crate::schema::{Document, Inbox};

pub(super) fn add(document: &mut Document, record: ArchiveRecord) -> Result<(), ImportError> {
    let (unit, key) = (record.unit(), record.key());
    let is_new = match record {
        ArchiveRecord::User(user) => add_user(document, &user),
        ArchiveRecord::Session(session) => add_session(document, &session),
        ArchiveRecord::Passkey(passkey) => {
            document.passkeys.insert(passkey.id.to_string(), PasskeyRow::of(&passkey)).is_none()
        }
        ArchiveRecord::Policy(SetPolicy { user, policy }) => {
            document.policies.insert(user.as_uuid(), policy.as_str().to_owned()).is_none()
        }
        ArchiveRecord::Block(Block { user, blocked, at }) => {
            let blocks = document.blocks.entry(user.as_uuid()).or_default();
            blocks.insert(blocked.as_uuid(), at.as_micros()).is_none()
        }
        ArchiveRecord::Room(room) => add_room(document, &room),
        ArchiveRecord::Head(head) => add_head(document, head),
        ArchiveRecord::Entry(entry) => add_entry(document, &entry),
        ArchiveRecord::Answer(record) => {
            let answers = document.answers.entry(record.caller.as_uuid()).or_default();
            answers.insert(record.key.to_string(), AnswerRow::of(&record)).is_none()
        }
        ArchiveRecord::Commit(id) => document.commits.insert(id.as_uuid()),
    };
    if is_new { Ok(()) } else { Err(ImportError::Refused(RecordExists { unit, key }.into())) }
}

fn add_user(document: &mut Document, user: &User) -> bool {
    let row = UserRow::of(user);
    let is_taken = document.users.values().any(|other| other.key == row.key);
    document.users.insert(user.id.as_uuid(), row).is_none() && !is_taken
}

fn add_session(document: &mut Document, session: &Session) -> bool {
    let row = SessionRow::of(session);
    let is_taken = document.sessions.values().any(|other| other.token_hash == row.token_hash);
    document.sessions.insert(session.id.as_uuid(), row).is_none() && !is_taken
}

fn add_room(document: &mut Document, room: &Room) -> bool {
    let is_taken = |pair| document.rooms.values().any(|other| is_direct_room_of(other, pair));
    let is_taken = room.direct_pair().is_some_and(is_taken);
    let seats = room.participants().iter().map(|seat| (seat.user_id.as_uuid(), ParticipantRow::of(seat)));
    let row = RoomRow::of(room, seats.collect());
    document.rooms.insert(room.id().as_uuid(), row).is_none() && !is_taken
}

fn add_head(document: &mut Document, head: InboxHead) -> bool {
    let InboxHead { user, head, forgotten } = head;
    let inbox = Inbox { head: head.get(), forgotten: forgotten.get(), entries: BTreeMap::new() };
    document.inboxes.insert(user.as_uuid(), inbox).is_none()
}

/// An event comes once with each inbox that has it, and is kept once.
fn add_entry(document: &mut Document, entry: &InboxEntry) -> bool {
    let InboxEntry { recipient, seq, event } = entry;
    document.events.insert(event.id.as_uuid(), EventRow::of(event));
    let inbox = document.inboxes.entry(recipient.as_uuid()).or_default();
    inbox.entries.insert(seq.get(), event.id.as_uuid()).is_none()
}
