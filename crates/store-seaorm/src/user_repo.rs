//! The users.

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, UserRepo, WriteError};
use parlour_domain::{User, UserId, Username};
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};

use crate::SqlStore;
use crate::classify::{Failure, is_duplicate, statement_failed};
use crate::row::user::{Column, Entity, Model};

/// Every engine binds so many values in one statement.
pub(crate) const IDS_PER_QUERY: usize = 1_000;

#[async_trait]
impl UserRepo for SqlStore {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        match Insert::one(Model::from(&user)).exec_without_returning(self.writing()).await {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => self.judge_duplicate(&user).await,
            Err(error) => Err(match statement_failed(error) {
                WriteError::Unavailable(source) => InsertUserError::Unavailable(source),
                WriteError::OutcomeUnknown(source) => InsertUserError::OutcomeUnknown(source),
            }),
        }
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let mut ids: Vec<_> = ids.iter().map(|id| id.as_uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut users = Vec::new();
        for ids in ids.chunks(IDS_PER_QUERY) {
            let rows = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(self.reading()).await;
            users.append(&mut parse(rows.map_err(Failure::from)?)?);
        }
        Ok(users)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        let key = username.key();
        let row = Entity::find().filter(Column::UsernameKey.eq(key.as_str())).one(self.reading()).await;
        Ok(row.map_err(Failure::from)?.map(User::try_from).transpose().map_err(Failure::from)?)
    }

    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        let mut query = Entity::find().order_by_asc(Column::Id).limit(u64::from(limit));
        if let Some(after) = after {
            query = query.filter(Column::Id.gt(after.as_uuid()));
        }
        parse(query.all(self.reading()).await.map_err(Failure::from)?)
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(self.reading().ping().await.map_err(Failure::from)?)
    }
}

impl SqlStore {
    /// What it means that the id or the name is there already.
    async fn judge_duplicate(&self, user: &User) -> Result<(), InsertUserError> {
        let (same_id, same_name) =
            tokio::try_join!(self.find_stored(user.id), self.find_by_username(&user.username)).map_err(unreadable)?;
        if same_id.as_ref() == Some(user) {
            return Ok(());
        }
        if same_name.is_some() {
            return Err(InsertUserError::UsernameTaken);
        }
        Err(InsertUserError::Unavailable(format!("another user has the id {}", user.id).into()))
    }

    async fn find_stored(&self, id: UserId) -> Result<Option<User>, ReadError> {
        Ok(self.find_many(&[id]).await?.pop())
    }
}

fn unreadable(error: ReadError) -> InsertUserError {
    InsertUserError::Unavailable(error.into())
}

pub(crate) fn parse(rows: Vec<Model>) -> Result<Vec<User>, ReadError> {
    Ok(rows.into_iter().map(User::try_from).collect::<Result<_, _>>().map_err(Failure::from)?)
}
