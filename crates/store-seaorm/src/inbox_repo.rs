//! The inboxes, as they are read and forgotten; how they are written is in [`commit`](crate::commit).

mod forget;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, ReadError, WriteError};
use parlour_domain::{InboxPage, Seq, Timestamp, UserId};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

use crate::SqlStore;
use crate::classify::Failure;
use crate::row::inbox_entry::{InboxRow, assemble};
use crate::row::{CorruptRow, event, inbox_entry, inbox_head, signed, unsigned};

const USERS_PER_QUERY: usize = 1_000;

#[async_trait]
impl InboxRepo for SqlStore {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let page = self.page(user, since, limit).await?;
        if since >= page.forgotten {
            return Ok(page);
        }
        // What follows the place was forgotten, and what is left begins later.
        self.page(user, page.forgotten, limit).await
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        let mut users: Vec<_> = users.iter().map(|user| user.as_uuid()).collect();
        users.sort_unstable();
        users.dedup();
        let mut heads = Vec::new();
        for users in users.chunks(USERS_PER_QUERY) {
            let of_users = inbox_head::Entity::find().filter(inbox_head::Column::UserId.is_in(users.iter().copied()));
            for row in of_users.all(self.reading()).await.map_err(Failure::from)? {
                heads.push(parse_head(row.user_id, row.head).map_err(Failure::from)?);
            }
        }
        Ok(heads)
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        self.forget_entries(before).await
    }
}

impl SqlStore {
    async fn page(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let rows = self.reading().query_all(&page(user, since, limit)).await.map_err(Failure::from)?;
        let rows = rows.iter().map(|row| InboxRow::from_query_result(row, "")).collect::<Result<Vec<_>, _>>();
        Ok(assemble(user, &rows.map_err(Failure::from)?).map_err(Failure::from)?)
    }
}

/// The head and the entries from one query and so from one instant. Places are dense, so a range of them is a limit.
pub(crate) fn page(user: UserId, since: Seq, limit: u32) -> SelectStatement {
    let end = signed(since.get().saturating_add(u64::from(limit)));
    let entries = Cond::all()
        .add(
            Expr::col((inbox_entry::Entity, inbox_entry::Column::UserId))
                .equals((inbox_head::Entity, inbox_head::Column::UserId)),
        )
        .add(inbox_entry::Column::Seq.gt(signed(since.get())))
        .add(inbox_entry::Column::Seq.lte(end));
    Query::select()
        .columns([inbox_head::Column::Head, inbox_head::Column::Forgotten].map(|column| (inbox_head::Entity, column)))
        .column((inbox_entry::Entity, inbox_entry::Column::Seq))
        .column((event::Entity, event::Column::Body))
        .from(inbox_head::Entity)
        .left_join(inbox_entry::Entity, entries)
        .left_join(
            event::Entity,
            Expr::col((event::Entity, event::Column::Id)).equals((inbox_entry::Entity, inbox_entry::Column::EventId)),
        )
        .and_where(inbox_head::Column::UserId.eq(user.as_uuid()))
        .order_by((inbox_entry::Entity, inbox_entry::Column::Seq), Order::Asc)
        .to_owned()
}

pub(crate) fn parse_head(user: sea_orm::prelude::Uuid, head: i64) -> Result<(UserId, Seq), CorruptRow> {
    let head = unsigned(head).map_err(|source| CorruptRow::new(format!("inbox head of {user}"), source))?;
    Ok((UserId::from_uuid(user), Seq::new(head)))
}
