//! Policies and blocks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use parlour_domain::port::{ContactRepo, ReadError, WriteError};
use parlour_domain::{Block, ContactPolicy, SetPolicy, Stance, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, OnConflict, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Insert, QueryFilter, QueryOrder, QueryResult, QuerySelect,
};

use crate::SqlStore;
use crate::classify::{Failure, is_duplicate, statement_failed};
use crate::row::{block, contact_policy};
use crate::user_repo::IDS_PER_QUERY;

#[async_trait]
impl ContactRepo for SqlStore {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        let row =
            contact_policy::Entity::find_by_id(user.as_uuid()).one(self.reading()).await.map_err(Failure::from)?;
        let Some(row) = row else { return Ok(ContactPolicy::default()) };
        Ok(SetPolicy::try_from(row).map_err(Failure::from)?.policy)
    }

    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        use contact_policy::Column::{Policy, UserId};
        let row = contact_policy::Model::from(&SetPolicy { user, policy });
        let replace = OnConflict::column(UserId).update_column(Policy).to_owned();
        let set = Insert::one(row).on_conflict(replace).exec_without_returning(self.writing()).await;
        set.map(drop).map_err(statement_failed)
    }

    async fn block(&self, block: Block) -> Result<(), WriteError> {
        match Insert::one(block::Model::from(&block)).exec_without_returning(self.writing()).await {
            Err(error) if !is_duplicate(&error) => Err(statement_failed(error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        let pair = (user.as_uuid(), blocked.as_uuid());
        let removed = block::Entity::delete_by_id(pair).exec(self.writing()).await.map_err(statement_failed)?;
        Ok(removed.rows_affected > 0)
    }

    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        let mut query = block::Entity::find().filter(block::Column::UserId.eq(user.as_uuid()));
        if let Some(after) = after {
            query = query.filter(block::Column::Blocked.gt(after.as_uuid()));
        }
        let page = query.order_by_asc(block::Column::Blocked).limit(u64::from(limit));
        let rows = page.all(self.reading()).await.map_err(Failure::from)?;
        Ok(rows.into_iter().map(Block::try_from).collect::<Result<_, _>>().map_err(Failure::from)?)
    }

    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        let mut of: Vec<Uuid> = of.iter().map(|user| user.as_uuid()).collect();
        of.sort_unstable();
        of.dedup();
        let mut stances = Vec::new();
        for of in of.chunks(IDS_PER_QUERY) {
            let rows = self.reading().query_all(&said(of, towards)).await.map_err(Failure::from)?;
            stances.extend(read(&rows)?);
        }
        Ok(stances)
    }
}

/// Stands where a policy would, and is none.
const BLOCKS: &str = "blocks";

/// A row for each policy, and one for each block of that user.
fn said(of: &[Uuid], towards: UserId) -> SelectStatement {
    let blocks = Query::select()
        .column(block::Column::UserId)
        .expr_as(Expr::cust(format!("'{BLOCKS}'")), Alias::new("policy"))
        .from(block::Entity)
        .and_where(block::Column::UserId.is_in(of.iter().copied()))
        .and_where(block::Column::Blocked.eq(towards.as_uuid()))
        .to_owned();
    Query::select()
        .columns([contact_policy::Column::UserId, contact_policy::Column::Policy])
        .from(contact_policy::Entity)
        .and_where(contact_policy::Column::UserId.is_in(of.iter().copied()))
        .union(UnionType::All, blocks)
        .to_owned()
}

fn read(rows: &[QueryResult]) -> Result<impl Iterator<Item = Stance> + use<>, ReadError> {
    let mut stances = BTreeMap::<Uuid, Stance>::new();
    for row in rows {
        let said = || Ok::<_, DbErr>((row.try_get("", "user_id")?, row.try_get::<String>("", "policy")?));
        let (user_id, policy) = said().map_err(Failure::from)?;
        let user = UserId::from_uuid(user_id);
        let silent = Stance { user, policy: ContactPolicy::default(), blocks: false };
        let stance = stances.entry(user_id).or_insert(silent);
        if policy == BLOCKS {
            stance.blocks = true;
        } else {
            stance.policy =
                SetPolicy::try_from(contact_policy::Model { user_id, policy }).map_err(Failure::from)?.policy;
        }
    }
    Ok(stances.into_values())
}
