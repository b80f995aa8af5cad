//! Table `events`: each event once, however many inboxes have it.

use parlour_domain::OutgoingEvent;
use parlour_store_codec::encode_event;
use sea_orm::entity::prelude::*;

use super::signed;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As `parlour_store_codec::encode_event` has it.
    pub body: Vec<u8>,
    /// How many inbox entries there are of it; at 0 it goes.
    pub kept_by: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&OutgoingEvent> for Model {
    fn from(outgoing: &OutgoingEvent) -> Self {
        let OutgoingEvent { event, recipients } = outgoing;
        let kept_by = u64::try_from(recipients.len()).map_or(i64::MAX, signed);
        Self { id: event.id.as_uuid(), body: encode_event(event), kept_by }
    }
}
