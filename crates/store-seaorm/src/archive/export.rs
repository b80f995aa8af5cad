//! Reading records in the order of their keys: each page begins at an index, where the one before ended.

use parlour_domain::port::{ArchivePage, CorruptRecord, ReadError, Source};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, Block, CommitId, CredentialId, IdempotencyRecord, InboxHead, Passkey, Room, Seq,
    Session, SetPolicy, TokenHash, User, UserId,
};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait,
};

use crate::SqlStore;
use crate::classify::Failure;
use crate::room_repo;
use crate::row::room::{RoomRow, assemble_one};
use crate::row::{
    CorruptRow, answer, applied_commit, block, contact_policy, event, inbox_entry, inbox_head, passkey, session,
    unsigned, user,
};

/// Rows of the entity by one column, from the key `after` on.
pub(crate) fn by_id<E: EntityTrait>(column: E::Column, after: Option<Uuid>, limit: u64) -> SelectStatement {
    let mut rows = E::find().order_by_asc(column).limit(limit);
    if let Some(after) = after {
        rows = rows.filter(column.gt(after));
    }
    rows.into_query()
}

fn id_of(after: Option<&ArchiveKey>) -> Option<Uuid> {
    match after {
        Some(ArchiveKey::Id(id)) => Some(*id),
        // A key of another unit is before all of this one.
        _ => None,
    }
}

fn entries(limit: u64) -> SelectStatement {
    use inbox_entry::Column::{EventId, Seq, UserId};
    Query::select()
        .columns([UserId, Seq].map(|column| (inbox_entry::Entity, column)))
        .column((event::Entity, event::Column::Body))
        .from(inbox_entry::Entity)
        .left_join(event::Entity, Expr::col((event::Entity, event::Column::Id)).equals((inbox_entry::Entity, EventId)))
        .order_by((inbox_entry::Entity, UserId), Order::Asc)
        .order_by((inbox_entry::Entity, Seq), Order::Asc)
        .limit(limit)
        .to_owned()
}

/// The entries of one inbox after a place.
pub(crate) fn rest_of_entries(user: Uuid, after: i64, limit: u64) -> SelectStatement {
    use inbox_entry::Column::{Seq, UserId};
    entries(limit).and_where(UserId.eq(user)).and_where(Seq.gt(after)).to_owned()
}

/// The entries of the inboxes after that of a user.
pub(crate) fn entries_after(user: Option<Uuid>, limit: u64) -> SelectStatement {
    entries(limit).and_where_option(user.map(|user| inbox_entry::Column::UserId.gt(user))).to_owned()
}

fn answers(limit: u64) -> sea_orm::Select<answer::Entity> {
    answer::Entity::find().order_by_asc(answer::Column::Caller).order_by_asc(answer::Column::RequestKey).limit(limit)
}

/// The answers to one caller after a key.
pub(crate) fn rest_of_answers(caller: Uuid, after: &str, limit: u64) -> SelectStatement {
    let of_caller = answer::Column::Caller.eq(caller).and(answer::Column::RequestKey.gt(after));
    answers(limit).filter(of_caller).into_query()
}

/// The answers to the callers after one.
pub(crate) fn answers_after(caller: Option<Uuid>, limit: u64) -> SelectStatement {
    let mut rows = answers(limit);
    if let Some(caller) = caller {
        rows = rows.filter(answer::Column::Caller.gt(caller));
    }
    rows.into_query()
}

fn blocks(limit: u64) -> sea_orm::Select<block::Entity> {
    block::Entity::find().order_by_asc(block::Column::UserId).order_by_asc(block::Column::Blocked).limit(limit)
}

/// The blocks by one user after a place.
pub(crate) fn rest_of_blocks(user: Uuid, after: Uuid, limit: u64) -> SelectStatement {
    blocks(limit).filter(block::Column::UserId.eq(user).and(block::Column::Blocked.gt(after))).into_query()
}

/// The blocks by the users after one.
pub(crate) fn blocks_after(user: Option<Uuid>, limit: u64) -> SelectStatement {
    let mut rows = blocks(limit);
    if let Some(user) = user {
        rows = rows.filter(block::Column::UserId.gt(user));
    }
    rows.into_query()
}

fn record<M: FromQueryResult>(
    row: &QueryResult,
    key: ArchiveKey,
    parse: impl FnOnce(M) -> Result<ArchiveRecord, CorruptRow>,
) -> Result<ArchiveRecord, CorruptRecord> {
    let decoded = M::from_query_result(row, "").map_err(Source::from);
    let parsed = decoded.and_then(|model| parse(model).map_err(Source::from));
    parsed.map_err(|cause| CorruptRecord { key, cause })
}

/// A column that a key is made of.
fn part<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, ReadError> {
    row.try_get("", name).map_err(|error| ReadError::Corrupt(error.into()))
}

fn user_of(row: &QueryResult, name: &str) -> Result<UserId, ReadError> {
    Ok(UserId::from_uuid(part(row, name)?))
}

impl SqlStore {
    async fn rows(&self, query: &SelectStatement) -> Result<Vec<QueryResult>, ReadError> {
        Ok(self.reading().query_all(query).await.map_err(Failure::from)?)
    }

    pub(super) async fn export_users(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let query = by_id::<user::Entity>(user::Column::Id, id_of(after.as_ref()), limit.into());
        let read = |row: &QueryResult| {
            let key = ArchiveKey::Id(part(row, "id")?);
            Ok(record(row, key, |model: user::Model| User::try_from(model).map(ArchiveRecord::User)))
        };
        self.rows(&query).await?.iter().map(read).collect()
    }

    pub(super) async fn export_sessions(
        &self,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        let mut query = session::Entity::find().order_by_asc(session::Column::TokenHash).limit(u64::from(limit));
        if let Some(ArchiveKey::Session(hash)) = after {
            query = query.filter(session::Column::TokenHash.gt(hash.as_bytes().to_vec()));
        }
        let read = |row: &QueryResult| {
            let hash: Vec<u8> = part(row, "token_hash")?;
            let hash =
                hash.as_slice().try_into().map_err(|_| ReadError::Corrupt("a token's hash has 32 bytes".into()))?;
            let key = ArchiveKey::Session(TokenHash::from_bytes(hash));
            Ok(record(row, key, |model: session::Model| Session::try_from(model).map(ArchiveRecord::Session)))
        };
        self.rows(&query.into_query()).await?.iter().map(read).collect()
    }

    pub(super) async fn export_passkeys(
        &self,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        let mut query = passkey::Entity::find().order_by_asc(passkey::Column::Id).limit(u64::from(limit));
        if let Some(ArchiveKey::Passkey(id)) = after {
            query = query.filter(passkey::Column::Id.gt(id.as_bytes().to_vec()));
        }
        let read = |row: &QueryResult| {
            let id = CredentialId::from_bytes(part(row, "id")?).map_err(|error| ReadError::Corrupt(error.into()))?;
            let parse = |model: passkey::Model| Passkey::try_from(model).map(ArchiveRecord::Passkey);
            Ok(record(row, ArchiveKey::Passkey(id), parse))
        };
        self.rows(&query.into_query()).await?.iter().map(read).collect()
    }

    pub(super) async fn export_policies(
        &self,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, ReadError> {
        let column = contact_policy::Column::UserId;
        let query = by_id::<contact_policy::Entity>(column, id_of(after.as_ref()), limit.into());
        let read = |row: &QueryResult| {
            let key = ArchiveKey::Id(part(row, "user_id")?);
            let parse = |model: contact_policy::Model| SetPolicy::try_from(model).map(ArchiveRecord::Policy);
            Ok(record(row, key, parse))
        };
        self.rows(&query).await?.iter().map(read).collect()
    }

    pub(super) async fn export_blocks(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let limit = u64::from(limit);
        let (last, mut rows) = match after {
            Some(ArchiveKey::Block(user, blocked)) => {
                let rest = rest_of_blocks(user.as_uuid(), blocked.as_uuid(), limit);
                (Some(user.as_uuid()), self.rows(&rest).await?)
            }
            _ => (None, Vec::new()),
        };
        let missing = limit.saturating_sub(rows.len() as u64);
        if missing > 0 {
            rows.append(&mut self.rows(&blocks_after(last, missing)).await?);
        }
        let read = |row: &QueryResult| {
            let key = ArchiveKey::Block(user_of(row, "user_id")?, user_of(row, "blocked")?);
            Ok(record(row, key, |model: block::Model| Block::try_from(model).map(ArchiveRecord::Block)))
        };
        rows.iter().map(read).collect()
    }

    pub(super) async fn export_rooms(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let rows = self.rows(&room_repo::rooms_by_id(id_of(after.as_ref()), limit)).await?;
        let ids = rows.iter().map(|row| part(row, "id")).collect::<Result<Vec<Uuid>, _>>()?;
        let mut page = ArchivePage::new();
        let mut rows = rows.as_slice();
        for same in ids.chunk_by(|one, next| one == next) {
            let (of_room, others) = rows.split_at(same.len());
            rows = others;
            page.push(room(of_room).map_err(|cause| CorruptRecord { key: ArchiveKey::Id(same[0]), cause }));
        }
        Ok(page)
    }

    pub(super) async fn export_heads(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let query = by_id::<inbox_head::Entity>(inbox_head::Column::UserId, id_of(after.as_ref()), limit.into());
        let read = |row: &QueryResult| {
            let key = ArchiveKey::Id(part(row, "user_id")?);
            Ok(record(row, key, |model: inbox_head::Model| head(&model)))
        };
        self.rows(&query).await?.iter().map(read).collect()
    }

    pub(super) async fn export_entries(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let limit = u64::from(limit);
        let (last, mut rows) = match after {
            Some(ArchiveKey::Entry(user, seq)) => {
                let rest = rest_of_entries(user.as_uuid(), crate::row::signed(seq.get()), limit);
                (Some(user.as_uuid()), self.rows(&rest).await?)
            }
            _ => (None, Vec::new()),
        };
        let missing = limit.saturating_sub(rows.len() as u64);
        if missing > 0 {
            rows.append(&mut self.rows(&entries_after(last, missing)).await?);
        }
        let read = |row: &QueryResult| {
            let (user, seq): (UserId, i64) = (user_of(row, "user_id")?, part(row, "seq")?);
            let place = Seq::new(unsigned(seq).map_err(ReadError::Corrupt)?);
            let body: Result<Option<Vec<u8>>, _> = row.try_get("", "body");
            let entry = body.map_err(Source::from).and_then(|body| Ok(inbox_entry::entry(user, seq, body.as_deref())?));
            let key = ArchiveKey::Entry(user, place);
            Ok(entry.map(ArchiveRecord::Entry).map_err(|cause| CorruptRecord { key, cause }))
        };
        rows.iter().map(read).collect()
    }

    pub(super) async fn export_answers(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let limit = u64::from(limit);
        let (last, mut rows) = match after {
            Some(ArchiveKey::Answer(caller, key)) => {
                let rest = rest_of_answers(caller.as_uuid(), &key, limit);
                (Some(caller.as_uuid()), self.rows(&rest).await?)
            }
            _ => (None, Vec::new()),
        };
        let missing = limit.saturating_sub(rows.len() as u64);
        if missing > 0 {
            rows.append(&mut self.rows(&answers_after(last, missing)).await?);
        }
        let read = |row: &QueryResult| {
            let key = ArchiveKey::Answer(user_of(row, "caller")?, part(row, "request_key")?);
            let parse = |model: answer::Model| IdempotencyRecord::try_from(model).map(ArchiveRecord::Answer);
            Ok(record(row, key, parse))
        };
        rows.iter().map(read).collect()
    }

    pub(super) async fn export_commits(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let query = by_id::<applied_commit::Entity>(applied_commit::Column::Id, id_of(after.as_ref()), limit.into());
        let read = |row: &QueryResult| Ok(Ok(ArchiveRecord::Commit(CommitId::from_uuid(part(row, "id")?))));
        self.rows(&query).await?.iter().map(read).collect()
    }
}

fn room(rows: &[QueryResult]) -> Result<ArchiveRecord, Source> {
    let rows = rows.iter().map(|row| RoomRow::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    let room: Room = assemble_one(&rows)?;
    Ok(ArchiveRecord::Room(room))
}

fn head(row: &inbox_head::Model) -> Result<ArchiveRecord, CorruptRow> {
    let place = |n| unsigned(n).map(Seq::new).map_err(|source| CorruptRow::new("inbox head", source));
    let (head, forgotten) = (place(row.head)?, place(row.forgotten)?);
    Ok(ArchiveRecord::Head(InboxHead { user: UserId::from_uuid(row.user_id), head, forgotten }))
}
