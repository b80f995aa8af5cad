//! Reading records in the order of their keys.

use std::collections::BTreeMap;
use std::ops::Bound::{self, Excluded, Unbounded};

use parlour_domain::port::{ArchivePage, CorruptRecord};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, CommitId, IdempotencyKey, InboxHead, Seq, SetPolicy, TokenHash, Unit, UserId,
};
use uuid::Uuid;

use crate::classify::CorruptRow;
use crate::inbox_repo::entry;
use crate::row::{block_of, policy_of};
use crate::schema::Document;

pub(super) fn count(document: &Document, unit: Unit) -> usize {
    match unit {
        Unit::Users => document.users.len(),
        Unit::Sessions => document.sessions.len(),
        Unit::Passkeys => document.passkeys.len(),
        Unit::ContactPolicies => document.policies.len(),
        Unit::Blocks => document.blocks.values().map(BTreeMap::len).sum(),
        Unit::Rooms => document.rooms.len(),
        Unit::InboxHeads => document.inboxes.len(),
        Unit::InboxEntries => document.inboxes.values().map(|inbox| inbox.entries.len()).sum(),
        Unit::Answers => document.answers.values().map(BTreeMap::len).sum(),
        Unit::AppliedCommits => document.commits.len(),
    }
}

type Read = (ArchiveKey, Result<ArchiveRecord, CorruptRow>);
type Reads<'a> = Box<dyn Iterator<Item = Read> + 'a>;

pub(super) fn page(document: &Document, unit: Unit, after: Option<&ArchiveKey>, limit: u32) -> ArchivePage {
    let rows: Reads<'_> = match unit {
        Unit::Users => {
            let users = document.users.range((after_id(after), Unbounded));
            Box::new(users.map(|(id, row)| (ArchiveKey::Id(*id), row.parse(*id).map(ArchiveRecord::User))))
        }
        Unit::Sessions => sessions(document, after),
        Unit::Passkeys => passkeys(document, after),
        Unit::ContactPolicies => policies(document, after),
        Unit::Blocks => blocks(document, after),
        Unit::Rooms => {
            let rooms = document.rooms.range((after_id(after), Unbounded));
            Box::new(rooms.map(|(id, row)| (ArchiveKey::Id(*id), row.parse(*id).map(ArchiveRecord::Room))))
        }
        Unit::InboxHeads => heads(document, after),
        Unit::InboxEntries => entries(document, after),
        Unit::Answers => answers(document, after),
        Unit::AppliedCommits => {
            let commits = document.commits.range((after_id(after), Unbounded));
            Box::new(commits.map(|id| (ArchiveKey::Id(*id), Ok(ArchiveRecord::Commit(CommitId::from_uuid(*id))))))
        }
    };
    let read = |(key, record): Read| record.map_err(|row| CorruptRecord { key, cause: row.into() });
    rows.zip(0..limit).map(|(row, _)| read(row)).collect()
}

/// A key of another unit is before all of this one.
fn after_id(after: Option<&ArchiveKey>) -> Bound<Uuid> {
    match after {
        Some(ArchiveKey::Id(id)) => Excluded(*id),
        _ => Unbounded,
    }
}

/// They are kept by id, and come by the hash of their token.
fn sessions<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    let mut following: Vec<_> = document
        .sessions
        .iter()
        .map(|(id, row)| (ArchiveKey::Session(TokenHash::from_bytes(row.token_hash)), *id, row))
        .filter(|(key, ..)| after.is_none_or(|after| key > after))
        .collect();
    following.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    Box::new(following.into_iter().map(|(key, id, row)| (key, row.parse(id).map(ArchiveRecord::Session))))
}

fn passkeys<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    let start = match after {
        Some(ArchiveKey::Passkey(id)) => Excluded(id.to_string()),
        _ => Unbounded,
    };
    let found = document.passkeys.range((start, Unbounded)).filter_map(|(_, row)| Some((row.id().ok()?, row)));
    Box::new(found.map(|(id, row)| (ArchiveKey::Passkey(id), row.parse().map(ArchiveRecord::Passkey))))
}

fn policies<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    Box::new(document.policies.range((after_id(after), Unbounded)).map(|(id, name)| {
        let user = UserId::from_uuid(*id);
        let set = policy_of(user, name).map(|policy| SetPolicy { user, policy });
        (ArchiveKey::Id(*id), set.map(ArchiveRecord::Policy))
    }))
}

fn blocks<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    let (first, last_blocked) = match after {
        Some(ArchiveKey::Block(user, blocked)) => (user.as_uuid(), Excluded(blocked.as_uuid())),
        _ => (Uuid::nil(), Unbounded),
    };
    Box::new(document.blocks.range(first..).flat_map(move |(id, blocks)| {
        let user = UserId::from_uuid(*id);
        let start = if *id == first { last_blocked } else { Unbounded };
        blocks.range((start, Unbounded)).map(move |(blocked, at)| {
            let key = ArchiveKey::Block(user, UserId::from_uuid(*blocked));
            (key, block_of(user, *blocked, *at).map(ArchiveRecord::Block))
        })
    }))
}

fn heads<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    Box::new(document.inboxes.range((after_id(after), Unbounded)).map(|(id, inbox)| {
        let (user, head, forgotten) = (UserId::from_uuid(*id), Seq::new(inbox.head), Seq::new(inbox.forgotten));
        (ArchiveKey::Id(*id), Ok(ArchiveRecord::Head(InboxHead { user, head, forgotten })))
    }))
}

fn entries<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    let (first, seq) = match after {
        Some(ArchiveKey::Entry(user, seq)) => (user.as_uuid(), seq.get()),
        _ => (Uuid::nil(), 0),
    };
    Box::new(document.inboxes.range(first..).flat_map(move |(id, inbox)| {
        let user = UserId::from_uuid(*id);
        let start = if *id == first { Excluded(seq) } else { Unbounded };
        inbox.entries.range((start, Unbounded)).map(move |place| {
            (ArchiveKey::Entry(user, Seq::new(*place.0)), entry(document, user, place).map(ArchiveRecord::Entry))
        })
    }))
}

fn answers<'a>(document: &'a Document, after: Option<&ArchiveKey>) -> Reads<'a> {
    let (first, last_key) = match after {
        Some(ArchiveKey::Answer(caller, key)) => (caller.as_uuid(), Excluded(key.clone())),
        _ => (Uuid::nil(), Unbounded),
    };
    Box::new(document.answers.range(first..).flat_map(move |(id, answers)| {
        let caller = UserId::from_uuid(*id);
        let start = if *id == first { last_key.clone() } else { Unbounded };
        answers.range((start, Unbounded)).map(move |(text, row)| {
            let record = IdempotencyKey::parse(text)
                .map_err(|cause| CorruptRow { table: "answer of", id: *id, cause: cause.into() })
                .and_then(|key| row.parse(caller, &key));
            (ArchiveKey::Answer(caller, text.clone()), record.map(ArchiveRecord::Answer))
        })
    }))
}
