//! Table `blocks`.

use parlour_domain::{Block, Timestamp, UserId};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocked: Uuid,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Block> for Model {
    fn from(block: &Block) -> Self {
        let Block { user, blocked, at } = block;
        Self { user_id: user.as_uuid(), blocked: blocked.as_uuid(), created_at: at.as_micros() }
    }
}

impl TryFrom<Model> for Block {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let Model { user_id, blocked, created_at } = row;
        let at = Timestamp::from_micros(created_at);
        let at = at.map_err(|cause| CorruptRow::new(format!("block of {blocked} by {user_id}"), cause))?;
        Ok(Self { user: UserId::from_uuid(user_id), blocked: UserId::from_uuid(blocked), at })
    }
}
