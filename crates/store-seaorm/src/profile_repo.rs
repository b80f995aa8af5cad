//! What users are called, and their going.

use async_trait::async_trait;
use parlour_domain::port::{ProfileRepo, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, SearchRank, SessionId, User, UserId, fold};
use sea_orm::sea_query::{CaseStatement, Cond, Expr, ExprTrait, Func, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::SqlStore;
use crate::classify::{Failure, statement_failed};
use crate::commit::{Stop, Work};
use crate::connect::Transaction;
use crate::row::user::{Column, Entity, folded};
use crate::row::{passkey, session};
use crate::user_repo::parse;

#[async_trait]
impl ProfileRepo for SqlStore {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        let matching = Matching { query: query.as_str(), engine: self.reading().get_database_backend() };
        let rows = Entity::find()
            .filter(Column::IsActive.eq(true))
            .filter(Column::Id.ne(except.as_uuid()))
            .filter(matching.found())
            .order_by(matching.rank(), Order::Asc)
            .order_by_asc(Column::UsernameKey)
            .limit(u64::from(limit))
            .all(self.reading())
            .await;
        parse(rows.map_err(Failure::from)?)
    }

    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        let renaming = Entity::update_many()
            .col_expr(Column::DisplayName, Expr::value(name.as_str()))
            .col_expr(Column::DisplayNameFolded, folded(fold(name.as_str())))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::IsActive.eq(true));
        Ok(renaming.exec(self.writing()).await.map_err(statement_failed)?.rows_affected > 0)
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        self.writing().transact(&Departure { user: id }).await.map_err(Stop::into_write_error)
    }
}

/// The going of a user with their sessions and passkeys. Whatever of theirs is added at the same time waits for the row
/// of the user, or is not found by it.
struct Departure {
    user: UserId,
}

#[async_trait]
impl Work for Departure {
    /// The sessions that went; `None` when there is no such user.
    type Done = Option<Vec<SessionId>>;

    async fn apply(&self, transaction: &Transaction) -> Result<Self::Done, Stop> {
        let (user, tombstone) = (self.user.as_uuid(), DisplayName::tombstone());
        let going = Entity::update_many()
            .col_expr(Column::IsActive, Expr::value(false))
            .col_expr(Column::DisplayName, Expr::value(tombstone.as_str()))
            .col_expr(Column::DisplayNameFolded, folded(fold(tombstone.as_str())))
            .filter(Column::Id.eq(user));
        if going.exec(transaction).await?.rows_affected == 0 {
            return Ok(None);
        }
        passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user)).exec(transaction).await?;
        let own = session::Column::UserId.eq(user);
        let sessions = session::Entity::find().filter(own.clone()).all(transaction).await?;
        session::Entity::delete_many().filter(own).exec(transaction).await?;
        Ok(Some(sessions.into_iter().map(|row| SessionId::from_uuid(row.id)).collect()))
    }
}

/// [`SearchQuery::rank`] in SQL. No pattern is made of the query, so nothing in it is a wildcard, and the columns
/// compare byte by byte.
struct Matching<'a> {
    query: &'a str,
    engine: DbBackend,
}

impl Matching<'_> {
    /// Where the query stands in a name: 1 at its beginning, 0 nowhere.
    fn place(&self, column: Column) -> Expr {
        let function = if self.engine == DbBackend::Postgres { "strpos" } else { "instr" };
        Func::cust(function).arg(Expr::col((Entity, column))).arg(self.query).into()
    }

    fn found(&self) -> Cond {
        Cond::any().add(self.place(Column::UsernameFolded).gt(0)).add(self.place(Column::DisplayNameFolded).gt(0))
    }

    fn rank(&self) -> Expr {
        let length = i64::try_from(self.query.chars().count()).unwrap_or(i64::MAX);
        let is_whole = Expr::from(Func::char_length(Expr::col((Entity, Column::UsernameFolded)))).eq(length);
        let begins = |column| self.place(column).eq(1);
        CaseStatement::new()
            .case(begins(Column::UsernameFolded).and(is_whole), SearchRank::Exact as i32)
            .case(begins(Column::UsernameFolded), SearchRank::UsernamePrefix as i32)
            .case(begins(Column::DisplayNameFolded), SearchRank::DisplayNamePrefix as i32)
            .case(self.place(Column::UsernameFolded).gt(0), SearchRank::UsernamePart as i32)
            .finally(SearchRank::DisplayNamePart as i32)
            .into()
    }
}
