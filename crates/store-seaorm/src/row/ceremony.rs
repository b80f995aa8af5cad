//! Table `ceremonies`.

use parlour_domain::port::Source;
use parlour_domain::{Ceremony, ChallengeHash, Timestamp};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ceremonies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub challenge: Vec<u8>,
    pub kind: String,
    pub state: Vec<u8>,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Ceremony> for Model {
    fn from(ceremony: &Ceremony) -> Self {
        let Ceremony { challenge, kind, state, expires_at } = ceremony;
        Self {
            challenge: challenge.as_bytes().to_vec(),
            kind: kind.as_str().to_owned(),
            state: state.clone(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl TryFrom<Model> for Ceremony {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        parse(row).map_err(|source| CorruptRow::new("ceremony", source))
    }
}

fn parse(row: Model) -> Result<Ceremony, Source> {
    let Model { challenge, kind, state, expires_at } = row;
    Ok(Ceremony {
        challenge: ChallengeHash::from_bytes(challenge.as_slice().try_into()?),
        kind: kind.parse()?,
        state,
        expires_at: Timestamp::from_micros(expires_at)?,
    })
}
