//! The sessions.

use async_trait::async_trait;
use parlour_domain::port::{ReadError, SessionRepo, WriteError};
use parlour_domain::{Session, SessionId, Timestamp, TokenHash, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, Insert, JoinType, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::SqlStore;
use crate::classify::{Failure, is_duplicate, statement_failed};
use crate::row::session::{Column, Entity, Model};
use crate::row::user;

#[async_trait]
impl SessionRepo for SqlStore {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        match Insert::one(Model::from(&session)).exec_without_returning(self.writing()).await {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => self.judge_duplicate_session(&session).await,
            Err(error) => Err(statement_failed(error)),
        }
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let row = by_token(hash).one(self.reading()).await;
        Ok(row.map_err(Failure::from)?.map(Session::try_from).transpose().map_err(Failure::from)?)
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        let of_user = Entity::find().filter(Column::UserId.eq(user.as_uuid())).order_by_asc(Column::Id);
        let rows = of_user.all(self.reading()).await.map_err(Failure::from)?;
        Ok(rows.into_iter().map(Session::try_from).collect::<Result<_, _>>().map_err(Failure::from)?)
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let end = expires_at.as_micros();
        let later = Expr::case(Column::ExpiresAt.lt(end), end).finally(Expr::col(Column::ExpiresAt));
        let extended =
            Entity::update_many().col_expr(Column::ExpiresAt, later.into()).filter(Column::Id.eq(id.as_uuid()));
        Ok(extended.exec(self.writing()).await.map_err(statement_failed)?.rows_affected > 0)
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        let removed = Entity::delete_by_id(id.as_uuid()).exec(self.writing()).await.map_err(statement_failed)?;
        Ok(removed.rows_affected > 0)
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.remove_ended::<Entity>(&[Column::Id], Column::ExpiresAt, now).await
    }
}

/// The session of that token, unless its user is there and not active.
fn by_token(hash: &TokenHash) -> Select<Entity> {
    let of_user = Entity::belongs_to(user::Entity).from(Column::UserId).to(user::Column::Id).into();
    let is_let_in = user::Column::IsActive.is_null().or(user::Column::IsActive.eq(true));
    let of_token = Entity::find().join(JoinType::LeftJoin, of_user);
    of_token.filter(Column::TokenHash.eq(hash.as_bytes().to_vec())).filter(is_let_in)
}

impl SqlStore {
    async fn judge_duplicate_session(&self, session: &Session) -> Result<(), WriteError> {
        let stored = Entity::find_by_id(session.id.as_uuid()).one(self.reading()).await;
        match stored.map_err(|error| WriteError::Unavailable(error.into()))? {
            Some(stored) if stored == Model::from(session) => Ok(()),
            _ => Err(WriteError::Unavailable(format!("another session has the id or token of {}", session.id).into())),
        }
    }
}
