//! Reading records in the order of their keys.

use std::ops::Bound::{Excluded, Unbounded};

use parlour_domain::port::{ArchivePage, CorruptRecord};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, CommitId, IdempotencyKey, InboxEntry, InboxHead, Seq, Session, SetPolicy, Unit, UserId,
};
use uuid::Uuid;

use crate::classify::CorruptRow;
use crate::row::{block_of, policy_of};
use crate::schema::Tables;

pub(super) fn count(tables: &Tables, unit: Unit) -> usize {
    match unit {
        Unit::Users => tables.users.len(),
        Unit::Sessions => tables.sessions.len(),
        Unit::Passkeys => tables.passkeys.len(),
        Unit::ContactPolicies => tables.policies.len(),
        Unit::Blocks => tables.blocks.len(),
        Unit::Rooms => tables.rooms.len(),
        Unit::InboxHeads => tables.inboxes.len(),
        Unit::InboxEntries => tables.inboxes.values().map(|inbox| inbox.entries.len()).sum(),
        Unit::Answers => tables.answers.len(),
        Unit::AppliedCommits => tables.commits.len(),
    }
}

type Read = (ArchiveKey, Result<ArchiveRecord, CorruptRow>);

pub(super) fn page(tables: &Tables, unit: Unit, after: Option<&ArchiveKey>, limit: u32) -> ArchivePage {
    let rows: Box<dyn Iterator<Item = Read>> = match unit {
        Unit::Users => {
            let users = tables.users.range((after_id(after), Unbounded));
            Box::new(users.map(|(id, row)| (ArchiveKey::Id(*id), row.parse(*id).map(ArchiveRecord::User))))
        }
        Unit::Sessions => sessions(tables, after),
        Unit::Passkeys => passkeys(tables, after),
        Unit::ContactPolicies => {
            let policies = tables.policies.range((after_id(after), Unbounded));
            let read = |user: Uuid, name: &str| {
                let user_id = UserId::from_uuid(user);
                policy_of(user, name).map(|policy| ArchiveRecord::Policy(SetPolicy { user: user_id, policy }))
            };
            Box::new(policies.map(move |(user, name)| (ArchiveKey::Id(*user), read(*user, name))))
        }
        Unit::Blocks => blocks(tables, after),
        Unit::Rooms => {
            let rooms = tables.rooms.range((after_id(after), Unbounded));
            Box::new(rooms.map(|(id, row)| (ArchiveKey::Id(*id), row.parse(*id).map(ArchiveRecord::Room))))
        }
        Unit::InboxHeads => heads(tables, after),
        Unit::InboxEntries => entries(tables, after),
        Unit::Answers => answers(tables, after),
        Unit::AppliedCommits => {
            let commits = tables.commits.range((after_id(after), Unbounded));
            Box::new(commits.map(|id| (ArchiveKey::Id(*id), Ok(ArchiveRecord::Commit(CommitId::from_uuid(*id))))))
        }
    };
    let read = |(key, record): Read| record.map_err(|row| CorruptRecord { key, cause: row.into() });
    rows.zip(0..limit).map(|(row, _)| read(row)).collect()
}

/// A key of another unit is before all of this one.
fn after_id(after: Option<&ArchiveKey>) -> std::ops::Bound<Uuid> {
    match after {
        Some(ArchiveKey::Id(id)) => Excluded(*id),
        _ => Unbounded,
    }
}

fn sessions<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    let start = match after {
        Some(ArchiveKey::Session(hash)) => Excluded(*hash.as_bytes()),
        _ => Unbounded,
    };
    let found = tables.tokens.range((start, Unbounded)).filter_map(|(_, id)| Some((*id, tables.sessions.get(id)?)));
    Box::new(found.map(|(id, row)| {
        let key = ArchiveKey::Session(parlour_domain::TokenHash::from_bytes(row.token_hash));
        (key, row.parse(id).map(|session: Session| ArchiveRecord::Session(session)))
    }))
}

fn passkeys<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    let start = match after {
        Some(ArchiveKey::Passkey(id)) => Excluded(id.clone()),
        _ => Unbounded,
    };
    let found = tables.passkeys.range((start, Unbounded));
    Box::new(found.map(|(id, row)| (ArchiveKey::Passkey(id.clone()), row.parse(id).map(ArchiveRecord::Passkey))))
}

fn blocks<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    let start = match after {
        Some(ArchiveKey::Block(user, blocked)) => Excluded((user.as_uuid(), blocked.as_uuid())),
        _ => Unbounded,
    };
    Box::new(tables.blocks.range((start, Unbounded)).map(|(pair, at)| {
        let key = ArchiveKey::Block(UserId::from_uuid(pair.0), UserId::from_uuid(pair.1));
        (key, block_of(*pair, *at).map(ArchiveRecord::Block))
    }))
}

fn heads<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    Box::new(tables.inboxes.range((after_id(after), Unbounded)).map(|(user, inbox)| {
        let (head, forgotten) = (Seq::new(inbox.head), Seq::new(inbox.forgotten));
        let head = InboxHead { user: UserId::from_uuid(*user), head, forgotten };
        (ArchiveKey::Id(*user), Ok(ArchiveRecord::Head(head)))
    }))
}

fn entries<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    let (user, seq) = match after {
        Some(ArchiveKey::Entry(user, seq)) => (user.as_uuid(), seq.get()),
        _ => (Uuid::nil(), 0),
    };
    let inboxes = tables.inboxes.range(user..);
    Box::new(inboxes.flat_map(move |(of, inbox)| {
        let start = if *of == user { Excluded(seq) } else { Unbounded };
        let recipient = UserId::from_uuid(*of);
        inbox.entries.range((start, Unbounded)).map(move |(seq, row)| {
            let entry: Result<InboxEntry, CorruptRow> = row.parse(recipient, *seq);
            (ArchiveKey::Entry(recipient, Seq::new(*seq)), entry.map(ArchiveRecord::Entry))
        })
    }))
}

fn answers<'a>(tables: &'a Tables, after: Option<&ArchiveKey>) -> Box<dyn Iterator<Item = Read> + 'a> {
    let start = match after {
        Some(ArchiveKey::Answer(caller, key)) => Excluded((caller.as_uuid(), key.clone())),
        _ => Unbounded,
    };
    Box::new(tables.answers.range((start, Unbounded)).map(|((caller, text), row)| {
        let user = UserId::from_uuid(*caller);
        let parsed = IdempotencyKey::parse(text)
            .map_err(|cause| CorruptRow { table: "answer of", id: *caller, cause: cause.into() })
            .and_then(|key| row.parse(user, &key));
        (ArchiveKey::Answer(user, text.clone()), parsed.map(ArchiveRecord::Answer))
    }))
}
