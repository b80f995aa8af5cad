//! Table `contact_policies`.

use parlour_domain::{SetPolicy, UserId};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub policy: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&SetPolicy> for Model {
    fn from(set: &SetPolicy) -> Self {
        let SetPolicy { user, policy } = set;
        Self { user_id: user.as_uuid(), policy: policy.as_str().to_owned() }
    }
}

impl TryFrom<Model> for SetPolicy {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let Model { user_id, policy } = row;
        let policy = policy.parse().map_err(|cause: parlour_domain::InvalidContactPolicy| {
            CorruptRow::new(format!("contact policy of {user_id}"), cause)
        })?;
        Ok(Self { user: UserId::from_uuid(user_id), policy })
    }
}
