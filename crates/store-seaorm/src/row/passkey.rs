//! Table `passkeys`.

use parlour_domain::port::Source;
use parlour_domain::{CredentialId, Passkey, PasskeyName, Timestamp, UserHandle, UserId};
use sea_orm::entity::prelude::*;

use super::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    pub user_id: Uuid,
    pub user_handle: Vec<u8>,
    pub name: String,
    pub material: Vec<u8>,
    pub counter: i64,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Passkey> for Model {
    fn from(passkey: &Passkey) -> Self {
        let Passkey { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = passkey;
        Self {
            id: id.as_bytes().to_vec(),
            user_id: user_id.as_uuid(),
            user_handle: user_handle.as_bytes().to_vec(),
            name: name.to_string(),
            material: material.clone(),
            counter: i64::from(*counter),
            created_at: created_at.as_micros(),
            last_used_at: last_used_at.map(Timestamp::as_micros),
        }
    }
}

impl TryFrom<Model> for Passkey {
    type Error = CorruptRow;

    fn try_from(row: Model) -> Result<Self, CorruptRow> {
        let what = format!("passkey of user {}", row.user_id);
        parse(row).map_err(|source| CorruptRow::new(what, source))
    }
}

fn parse(row: Model) -> Result<Passkey, Source> {
    let Model { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = row;
    Ok(Passkey {
        id: CredentialId::from_bytes(id)?,
        user_id: UserId::from_uuid(user_id),
        user_handle: UserHandle::from_bytes(&user_handle)?,
        name: PasskeyName::parse(&name)?,
        material,
        counter: counter.try_into()?,
        created_at: Timestamp::from_micros(created_at)?,
        last_used_at: last_used_at.map(Timestamp::from_micros).transpose()?,
    })
}
