//! Table `sessions`.

use parlour_domain::port::Source;
use parlour_domain::{Session, SessionId, Timestamp, TokenHash, UserId};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub token_hash: Vec<u8>,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Session> for Model {
    fn from(session: &Session) -> Self {
        let Session { id, user_id, token_hash, created_at, expires_at } = session;
        Self {
            id: id.as_uuid(),
            user_id: user_id.as_uuid(),
            token_hash: token_hash.as_bytes().to_vec(),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl TryFrom<Model> for Session {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let what = format!("session {}", row.id);
        parse(row).map_err(|source| CorruptRow::new(what, source))
    }
}

fn parse(row: Model) -> Result<Session, Source> {
    let Model { id, user_id, token_hash, created_at, expires_at } = row;
    Ok(Session {
        id: SessionId::from_uuid(id),
        user_id: UserId::from_uuid(user_id),
        token_hash: TokenHash::from_bytes(token_hash.as_slice().try_into()?),
        created_at: Timestamp::from_micros(created_at)?,
        expires_at: Timestamp::from_micros(expires_at)?,
    })
}
