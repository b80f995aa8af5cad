//! Writing records, with the indexes that follow from them.

use std::collections::BTreeSet;

use parlour_domain::port::ImportError;
use parlour_domain::{ArchiveRecord, Block, InboxEntry, InboxHead, Room, Session, User};

use crate::classify::RecordExists;
use crate::commit::{index, pair_key};
use crate::passkey_repo;
use crate::row::{AnswerRow, EntryRow, ParticipantRow, RoomRow, SessionRow, UserRow};
use crate::schema::Tables;

/// Everything that can be refused: what is applied then cannot fail.
pub(super) fn check(tables: &Tables, records: &[ArchiveRecord]) -> Result<(), ImportError> {
    let (mut keys, mut names) = (BTreeSet::new(), BTreeSet::new());
    for record in records {
        let is_repeated = !keys.insert(record.key()) || unique_name(record).is_some_and(|name| !names.insert(name));
        if is_repeated || is_there(tables, record) {
            let exists = RecordExists { unit: record.unit(), key: record.key() };
            return Err(ImportError::Refused(exists.into()));
        }
    }
    Ok(())
}

/// What no two records of a page may share beside their keys.
fn unique_name(record: &ArchiveRecord) -> Option<String> {
    match record {
        ArchiveRecord::User(user) => Some(user.username.key().as_str().to_owned()),
        ArchiveRecord::Room(room) => room.direct_pair().map(|pair| format!("{} {}", pair.low(), pair.high())),
        ArchiveRecord::Session(session) => Some(session.id.to_string()),
        ArchiveRecord::Passkey(_)
        | ArchiveRecord::Policy(_)
        | ArchiveRecord::Block(_)
        | ArchiveRecord::Head(_)
        | ArchiveRecord::Entry(_)
        | ArchiveRecord::Answer(_)
        | ArchiveRecord::Commit(_) => None,
    }
}

fn is_there(tables: &Tables, record: &ArchiveRecord) -> bool {
    match record {
        ArchiveRecord::User(user) => {
            tables.users.contains_key(&user.id.as_uuid()) || tables.usernames.contains_key(user.username.key().as_str())
        }
        ArchiveRecord::Session(session) => {
            let (id, hash) = (session.id.as_uuid(), session.token_hash.as_bytes());
            tables.sessions.contains_key(&id) || tables.tokens.contains_key(hash)
        }
        ArchiveRecord::Passkey(passkey) => tables.passkeys.contains_key(&passkey.id),
        ArchiveRecord::Policy(set) => tables.policies.contains_key(&set.user.as_uuid()),
        ArchiveRecord::Block(block) => tables.blocks.contains_key(&(block.user.as_uuid(), block.blocked.as_uuid())),
        ArchiveRecord::Room(room) => {
            let is_taken = |pair| tables.direct.contains_key(&pair_key(pair));
            tables.rooms.contains_key(&room.id().as_uuid()) || room.direct_pair().is_some_and(is_taken)
        }
        ArchiveRecord::Head(head) => tables.inboxes.contains_key(&head.user.as_uuid()),
        ArchiveRecord::Entry(entry) => {
            let inbox = tables.inboxes.get(&entry.recipient.as_uuid());
            inbox.is_some_and(|inbox| inbox.entries.contains_key(&entry.seq.get()))
        }
        ArchiveRecord::Answer(record) => {
            tables.answers.contains_key(&(record.caller.as_uuid(), record.key.to_string()))
        }
        ArchiveRecord::Commit(id) => tables.commits.contains(&id.as_uuid()),
    }
}

pub(super) fn apply(tables: &mut Tables, records: Vec<ArchiveRecord>) {
    for record in records {
        match record {
            ArchiveRecord::User(user) => add_user(tables, &user),
            ArchiveRecord::Session(session) => add_session(tables, &session),
            ArchiveRecord::Passkey(passkey) => passkey_repo::insert(tables, &passkey),
            ArchiveRecord::Policy(set) => {
                tables.policies.insert(set.user.as_uuid(), set.policy.as_str());
            }
            ArchiveRecord::Block(Block { user, blocked, at }) => {
                tables.blocks.insert((user.as_uuid(), blocked.as_uuid()), at.as_micros());
            }
            ArchiveRecord::Room(room) => add_room(tables, &room),
            ArchiveRecord::Head(head) => add_head(tables, head),
            ArchiveRecord::Entry(entry) => add_entry(tables, &entry),
            ArchiveRecord::Answer(record) => {
                tables.answers.insert((record.caller.as_uuid(), record.key.to_string()), AnswerRow::of(&record));
            }
            ArchiveRecord::Commit(id) => {
                tables.commits.insert(id.as_uuid());
            }
        }
    }
}

fn add_user(tables: &mut Tables, user: &User) {
    tables.usernames.insert(user.username.key().as_str().to_owned(), user.id.as_uuid());
    tables.users.insert(user.id.as_uuid(), UserRow::of(user));
}

fn add_session(tables: &mut Tables, session: &Session) {
    let row = SessionRow::of(session);
    tables.tokens.insert(row.token_hash, session.id.as_uuid());
    tables.sessions.insert(session.id.as_uuid(), row);
}

fn add_room(tables: &mut Tables, room: &Room) {
    let seats = room.participants().iter().map(|seat| (seat.user_id.as_uuid(), ParticipantRow::of(seat))).collect();
    let row = RoomRow::of(room, seats);
    index(tables, room.id().as_uuid(), room, &row);
    tables.rooms.insert(room.id().as_uuid(), row);
}

fn add_head(tables: &mut Tables, head: InboxHead) {
    let inbox = tables.inboxes.entry(head.user.as_uuid()).or_default();
    inbox.head = head.head.get();
    inbox.forgotten = head.forgotten.get();
}

fn add_entry(tables: &mut Tables, entry: &InboxEntry) {
    let inbox = tables.inboxes.entry(entry.recipient.as_uuid()).or_default();
    inbox.entries.insert(entry.seq.get(), EntryRow::of(&entry.event));
}
