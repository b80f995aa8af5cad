//! The form of a store's records in which two stores are compared.

use parlour_domain::{
    ArchiveRecord, Block, CommitId, IdempotencyRecord, InboxEntry, InboxHead, Participant, Passkey, Room, RoomName,
    Session, SetPolicy, Timestamp, User,
};
use serde::Serialize;

use crate::mark::hexadecimal;
use crate::version::{CURRENT, print};
use crate::{encode_answer, encode_event};

/// The bytes that stand for a record: equal for equal records, different for different ones, without a line break.
///
/// Each begins with `v`, the version, and `is`, the kind: `user`, `session`, `passkey`, `contact_policy`, `block`, `room`,
/// `inbox_head`, `inbox_entry`, `answer`, `applied_commit`. What is absent is left out. Events and answers stand in it as
/// [`encode_event`] and
/// [`encode_answer`] write them. There is no way back: what reads records reads them from a store.
#[must_use]
pub fn encode_record(record: &ArchiveRecord) -> Vec<u8> {
    match record {
        ArchiveRecord::User(user) => print(&user_line(user)),
        ArchiveRecord::Session(session) => print(&session_line(session)),
        ArchiveRecord::Passkey(passkey) => print(&passkey_line(passkey)),
        ArchiveRecord::Policy(set) => print(&policy_line(*set)),
        ArchiveRecord::Block(block) => print(&block_line(*block)),
        ArchiveRecord::Room(room) => print(&room_line(room)),
        ArchiveRecord::Head(head) => print(&head_line(head)),
        ArchiveRecord::Entry(entry) => entry_line(entry),
        ArchiveRecord::Answer(record) => answer_line(record),
        ArchiveRecord::Commit(id) => print(&commit_line(*id)),
    }
}

#[derive(Serialize)]
struct UserLine<'a> {
    v: u64,
    is: &'static str,
    id: String,
    user: &'a str,
    name: &'a str,
    active: bool,
    verified: bool,
    at: i64,
}

fn user_line(user: &User) -> UserLine<'_> {
    let User { id, username, display_name, is_active, is_verified, created_at } = user;
    UserLine {
        v: CURRENT,
        is: "user",
        id: id.to_string(),
        user: username.as_str(),
        name: display_name.as_str(),
        active: *is_active,
        verified: *is_verified,
        at: created_at.as_micros(),
    }
}

#[derive(Serialize)]
struct SessionLine {
    v: u64,
    is: &'static str,
    id: String,
    user: String,
    hash: String,
    at: i64,
    end: i64,
}

fn session_line(session: &Session) -> SessionLine {
    let Session { id, user_id, token_hash, created_at, expires_at } = session;
    SessionLine {
        v: CURRENT,
        is: "session",
        id: id.to_string(),
        user: user_id.to_string(),
        hash: hexadecimal(token_hash.as_bytes()),
        at: created_at.as_micros(),
        end: expires_at.as_micros(),
    }
}

#[derive(Serialize)]
struct PasskeyLine<'a> {
    v: u64,
    is: &'static str,
    id: String,
    user: String,
    handle: String,
    name: &'a str,
    material: String,
    count: u32,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<i64>,
}

fn passkey_line(passkey: &Passkey) -> PasskeyLine<'_> {
    let Passkey { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = passkey;
    PasskeyLine {
        v: CURRENT,
        is: "passkey",
        id: id.to_string(),
        user: user_id.to_string(),
        handle: hexadecimal(user_handle.as_bytes()),
        name: name.as_str(),
        material: hexadecimal(material),
        count: *counter,
        at: created_at.as_micros(),
        used: last_used_at.map(Timestamp::as_micros),
    }
}

#[derive(Serialize)]
struct PolicyLine {
    v: u64,
    is: &'static str,
    user: String,
    from: &'static str,
}

fn policy_line(set: SetPolicy) -> PolicyLine {
    let SetPolicy { user, policy } = set;
    PolicyLine { v: CURRENT, is: "contact_policy", user: user.to_string(), from: policy.as_str() }
}

#[derive(Serialize)]
struct BlockLine {
    v: u64,
    is: &'static str,
    user: String,
    blocked: String,
    at: i64,
}

fn block_line(block: Block) -> BlockLine {
    let Block { user, blocked, at } = block;
    BlockLine { v: CURRENT, is: "block", user: user.to_string(), blocked: blocked.to_string(), at: at.as_micros() }
}

#[derive(Serialize)]
struct RoomLine<'a> {
    v: u64,
    is: &'static str,
    id: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    by: String,
    at: i64,
    up: i64,
    rev: u64,
    who: Vec<SeatLine>,
}

#[derive(Serialize)]
struct SeatLine {
    id: String,
    role: &'static str,
    at: i64,
}

fn room_line(room: &Room) -> RoomLine<'_> {
    let seat = |participant: &Participant| {
        let Participant { user_id, role, joined_at } = participant;
        SeatLine { id: user_id.to_string(), role: role.as_str(), at: joined_at.as_micros() }
    };
    RoomLine {
        v: CURRENT,
        is: "room",
        id: room.id().to_string(),
        kind: room.kind().as_str(),
        end: room.kind().expires_at().map(Timestamp::as_micros),
        name: room.name().map(RoomName::as_str),
        by: room.created_by().to_string(),
        at: room.created_at().as_micros(),
        up: room.updated_at().as_micros(),
        rev: room.revision().get(),
        who: room.participants().iter().map(seat).collect(),
    }
}

#[derive(Serialize)]
struct HeadLine {
    v: u64,
    is: &'static str,
    user: String,
    head: u64,
    forgotten: u64,
}

fn head_line(head: &InboxHead) -> HeadLine {
    let InboxHead { user, head, forgotten } = head;
    HeadLine { v: CURRENT, is: "inbox_head", user: user.to_string(), head: head.get(), forgotten: forgotten.get() }
}

#[derive(Serialize)]
struct EntryLine {
    v: u64,
    is: &'static str,
    user: String,
    seq: u64,
}

fn entry_line(entry: &InboxEntry) -> Vec<u8> {
    let InboxEntry { recipient, seq, event } = entry;
    let line = EntryLine { v: CURRENT, is: "inbox_entry", user: recipient.to_string(), seq: seq.get() };
    with(print(&line), "event", &encode_event(event))
}

#[derive(Serialize)]
struct AnswerLine<'a> {
    v: u64,
    is: &'static str,
    user: String,
    key: &'a str,
    print: String,
    at: i64,
    end: i64,
}

fn answer_line(record: &IdempotencyRecord) -> Vec<u8> {
    let IdempotencyRecord { caller, key, fingerprint, answer, created_at, expires_at } = record;
    let line = AnswerLine {
        v: CURRENT,
        is: "answer",
        user: caller.to_string(),
        key: key.as_str(),
        print: hexadecimal(fingerprint.as_bytes()),
        at: created_at.as_micros(),
        end: expires_at.as_micros(),
    };
    with(print(&line), "answer", &encode_answer(answer))
}

#[derive(Serialize)]
struct CommitLine {
    v: u64,
    is: &'static str,
    id: String,
}

fn commit_line(id: CommitId) -> CommitLine {
    CommitLine { v: CURRENT, is: "applied_commit", id: id.to_string() }
}

/// The object with one more field, which is JSON already.
fn with(mut object: Vec<u8>, field: &str, value: &[u8]) -> Vec<u8> {
    object.pop();
    object.extend_from_slice(format!(",\"{field}\":").as_bytes());
    object.extend_from_slice(value);
    object.push(b'}');
    object
}
