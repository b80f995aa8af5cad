//! Writing records: a page and its mark are one transaction.

use std::collections::BTreeMap;

use parlour_domain::port::ImportError;
use parlour_domain::{ArchiveRecord, ImportMark, ImportStep, InboxEntry, InboxHead, Room};
use parlour_store_codec::{encode_event, encode_mark};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Insert, IntoActiveModel, QueryFilter,
};

use super::{is_empty, read_mark};
use crate::SqlStore;
use crate::classify::is_duplicate;
use crate::connect::Transaction;
use crate::row::{
    answer, applied_commit, block, contact_policy, event, import_mark, inbox_entry, inbox_head, participant, passkey,
    room, session, signed, user,
};

/// Every engine binds so many rows in one statement, whatever the table.
const ROWS_PER_STATEMENT: usize = 1_000;
/// An event or an answer with everyone in the largest room is some 200 kB, and MariaDB takes 16 MB in one statement.
const LARGE_ROWS_PER_STATEMENT: usize = 32;

fn not_applied(error: DbErr) -> ImportError {
    if is_duplicate(&error) { ImportError::Refused(error.into()) } else { ImportError::Unavailable(error.into()) }
}

async fn commit(transaction: Transaction) -> Result<(), ImportError> {
    transaction.commit().await.map_err(|error| ImportError::OutcomeUnknown(error.into()))
}

impl SqlStore {
    // On an error a transaction is dropped, and so rolled back.

    pub(super) async fn begin(&self, mark: &ImportMark) -> Result<(), ImportError> {
        let bytes = encode_mark(mark);
        let transaction = self.writing().begin().await.map_err(not_applied)?;
        match read_mark(&transaction).await.map_err(not_applied)? {
            Some(begun) if begun == bytes => return Ok(()),
            Some(_) => return Err(ImportError::OtherMark),
            None => {}
        }
        for unit in mark.units() {
            if !is_empty(&transaction, unit).await.map_err(not_applied)? {
                return Err(ImportError::NotEmpty(unit));
            }
        }
        let row = import_mark::Model { id: import_mark::ONLY, mark: bytes };
        match Insert::one(row).exec_without_returning(&transaction).await {
            Ok(_) => commit(transaction).await,
            // Somebody else was faster.
            Err(error) if is_duplicate(&error) => Err(ImportError::OtherMark),
            Err(error) => Err(not_applied(error)),
        }
    }

    pub(super) async fn apply_step(&self, step: ImportStep) -> Result<(), ImportError> {
        let ImportStep { from, to, records } = step;
        let (from, to) = (encode_mark(&from), encode_mark(&to));
        let transaction = self.writing().begin().await.map_err(not_applied)?;
        // The row of the mark is the lock: of two that import at once, one waits here and finds the mark moved.
        let moved = import_mark::Entity::update_many()
            .col_expr(import_mark::Column::Mark, Expr::value(to.clone()))
            .filter(import_mark::Column::Id.eq(import_mark::ONLY))
            .filter(import_mark::Column::Mark.eq(from));
        if moved.exec(&transaction).await.map_err(not_applied)?.rows_affected != 1 {
            let is_done = read_mark(&transaction).await.map_err(not_applied)?.is_some_and(|there| there == to);
            return if is_done { Ok(()) } else { Err(ImportError::OtherMark) };
        }
        Page::of(&records).insert(&transaction).await.map_err(not_applied)?;
        commit(transaction).await
    }

    pub(super) async fn finish(&self, mark: &[u8]) -> Result<(), ImportError> {
        let transaction = self.writing().begin().await.map_err(not_applied)?;
        match read_mark(&transaction).await.map_err(not_applied)? {
            None => return Ok(()),
            Some(there) if there != mark => return Err(ImportError::OtherMark),
            Some(_) => {}
        }
        import_mark::Entity::delete_by_id(import_mark::ONLY).exec(&transaction).await.map_err(not_applied)?;
        commit(transaction).await
    }
}

/// The rows of some records, table by table.
#[derive(Default)]
struct Page {
    users: Vec<user::Model>,
    sessions: Vec<session::Model>,
    passkeys: Vec<passkey::Model>,
    policies: Vec<contact_policy::Model>,
    blocks: Vec<block::Model>,
    rooms: Vec<room::Model>,
    participants: Vec<participant::Model>,
    heads: Vec<inbox_head::Model>,
    events: BTreeMap<sea_orm::prelude::Uuid, event::Model>,
    entries: Vec<inbox_entry::Model>,
    answers: Vec<answer::Model>,
    commits: Vec<applied_commit::Model>,
}

impl Page {
    fn of(records: &[ArchiveRecord]) -> Self {
        let mut page = Self::default();
        for record in records {
            match record {
                ArchiveRecord::User(user) => page.users.push(user.into()),
                ArchiveRecord::Session(session) => page.sessions.push(session.into()),
                ArchiveRecord::Passkey(passkey) => page.passkeys.push(passkey.into()),
                ArchiveRecord::Policy(set) => page.policies.push(set.into()),
                ArchiveRecord::Block(block) => page.blocks.push(block.into()),
                ArchiveRecord::Room(room) => page.add_room(room),
                ArchiveRecord::Head(head) => page.add_head(*head),
                ArchiveRecord::Entry(entry) => page.add_entry(entry),
                ArchiveRecord::Answer(record) => page.answers.push(record.into()),
                ArchiveRecord::Commit(id) => page.commits.push(applied_commit::Model { id: id.as_uuid() }),
            }
        }
        page
    }

    fn add_room(&mut self, room: &Room) {
        self.rooms.push(room.into());
        self.participants.extend(room.participants().iter().map(|seat| participant::Model::of(room, *seat)));
    }

    fn add_head(&mut self, head: InboxHead) {
        let InboxHead { user, head, forgotten } = head;
        let (head, forgotten) = (signed(head.get()), signed(forgotten.get()));
        self.heads.push(inbox_head::Model { user_id: user.as_uuid(), head, forgotten });
    }

    fn add_entry(&mut self, entry: &InboxEntry) {
        let id = entry.event.id.as_uuid();
        let event =
            self.events.entry(id).or_insert_with(|| event::Model { id, body: encode_event(&entry.event), kept_by: 0 });
        event.kept_by += 1;
        self.entries.push(entry.into());
    }

    async fn insert(self, transaction: &Transaction) -> Result<(), DbErr> {
        insert_all(transaction, self.users).await?;
        insert_all(transaction, self.sessions).await?;
        insert_all(transaction, self.passkeys).await?;
        insert_all(transaction, self.policies).await?;
        insert_all(transaction, self.blocks).await?;
        insert_all(transaction, self.rooms).await?;
        insert_all(transaction, self.participants).await?;
        insert_all(transaction, self.heads).await?;
        insert_events(transaction, self.events.into_values().collect()).await?;
        insert_all(transaction, self.entries).await?;
        insert_by(LARGE_ROWS_PER_STATEMENT, transaction, self.answers).await?;
        insert_all(transaction, self.commits).await
    }
}

async fn insert_all<A, M>(transaction: &Transaction, rows: Vec<M>) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
    M: IntoActiveModel<A>,
{
    insert_by(ROWS_PER_STATEMENT, transaction, rows).await
}

/// So many rows in one statement.
async fn insert_by<A, M>(most: usize, transaction: &Transaction, mut rows: Vec<M>) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
    M: IntoActiveModel<A>,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(most));
        Insert::many(rows).exec_without_returning(transaction).await?;
        rows = rest;
    }
    Ok(())
}

/// An event may have come before, with entries of other inboxes: then it is kept by more of them.
async fn insert_events(transaction: &Transaction, rows: Vec<event::Model>) -> Result<(), DbErr> {
    let more = match transaction.get_database_backend() {
        DbBackend::MySql => "kept_by + VALUES(kept_by)",
        _ => "events.kept_by + excluded.kept_by",
    };
    let on_conflict = OnConflict::column(event::Column::Id).value(event::Column::KeptBy, Expr::cust(more)).to_owned();
    for rows in rows.chunks(LARGE_ROWS_PER_STATEMENT) {
        Insert::many(rows.to_vec()).on_conflict(on_conflict.clone()).exec_without_returning(transaction).await?;
    }
    Ok(())
}
