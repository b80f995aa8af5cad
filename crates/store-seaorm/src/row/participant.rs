//! Table `participants`.

use parlour_domain::{Participant, Room};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub role: String,
    pub joined_at: i64,
    /// The room's `updated_at` once more, so that one index lists a user's rooms by activity.
    pub room_updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn of(room: &Room, participant: Participant) -> Self {
        let Participant { user_id, role, joined_at } = participant;
        Self {
            room_id: room.id().as_uuid(),
            user_id: user_id.as_uuid(),
            role: role.as_str().to_owned(),
            joined_at: joined_at.as_micros(),
            room_updated_at: room.updated_at().as_micros(),
        }
    }
}
