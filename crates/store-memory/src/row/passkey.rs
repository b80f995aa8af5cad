//! A passkey by its id.

use parlour_domain::port::Source;
use parlour_domain::{CredentialId, Passkey, PasskeyName, Timestamp, UserHandle, UserId};
use uuid::Uuid;

use crate::classify::CorruptRow;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PasskeyRow {
    pub(crate) user_id: Uuid,
    pub(crate) user_handle: Vec<u8>,
    pub(crate) name: String,
    pub(crate) material: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) created_at: i64,
    pub(crate) last_used_at: Option<i64>,
}

impl PasskeyRow {
    pub(crate) fn of(passkey: &Passkey) -> Self {
        let Passkey { id: _, user_id, user_handle, name, material, counter, created_at, last_used_at } = passkey;
        Self {
            user_id: user_id.as_uuid(),
            user_handle: user_handle.as_bytes().to_vec(),
            name: name.to_string(),
            material: material.clone(),
            counter: *counter,
            created_at: created_at.as_micros(),
            last_used_at: last_used_at.map(Timestamp::as_micros),
        }
    }

    pub(crate) fn parse(&self, id: &CredentialId) -> Result<Passkey, CorruptRow> {
        let passkey = || {
            Ok::<_, Source>(Passkey {
                id: id.clone(),
                user_id: UserId::from_uuid(self.user_id),
                user_handle: UserHandle::from_bytes(&self.user_handle)?,
                name: PasskeyName::parse(&self.name)?,
                material: self.material.clone(),
                counter: self.counter,
                created_at: Timestamp::from_micros(self.created_at)?,
                last_used_at: self.last_used_at.map(Timestamp::from_micros).transpose()?,
            })
        };
        passkey().map_err(|cause| CorruptRow { table: "passkey of", id: self.user_id, cause })
    }
}
