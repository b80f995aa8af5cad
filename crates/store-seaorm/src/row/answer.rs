//! Table `answers`: the requests that were answered.

use parlour_domain::port::Source;
use parlour_domain::{Fingerprint, IdempotencyKey, IdempotencyRecord, Timestamp, UserId};
use parlour_store_codec::{decode_answer, encode_answer};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_key: String,
    pub fingerprint: Vec<u8>,
    /// As `parlour_store_codec::encode_answer` has it.
    pub body: Vec<u8>,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&IdempotencyRecord> for Model {
    fn from(record: &IdempotencyRecord) -> Self {
        let IdempotencyRecord { caller, key, fingerprint, answer, created_at, expires_at } = record;
        Self {
            caller: caller.as_uuid(),
            request_key: key.to_string(),
            fingerprint: fingerprint.as_bytes().to_vec(),
            body: encode_answer(answer),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl TryFrom<Model> for IdempotencyRecord {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let what = format!("answer to user {}", row.caller);
        parse(row).map_err(|source| CorruptRow::new(what, source))
    }
}

fn parse(row: Model) -> Result<IdempotencyRecord, Source> {
    let Model { caller, request_key, fingerprint, body, created_at, expires_at } = row;
    Ok(IdempotencyRecord {
        caller: UserId::from_uuid(caller),
        key: IdempotencyKey::parse(&request_key)?,
        fingerprint: Fingerprint::from_bytes(fingerprint.as_slice().try_into()?),
        answer: decode_answer(&body)?,
        created_at: Timestamp::from_micros(created_at)?,
        expires_at: Timestamp::from_micros(expires_at)?,
    })
}
