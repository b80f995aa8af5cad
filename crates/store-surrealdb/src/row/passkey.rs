//! Passkeys, and ceremonies that were begun.

use parlour_domain::{Ceremony, ChallengeHash, CredentialId, Passkey, PasskeyName, Timestamp, UserHandle, UserId};
use surrealdb::types::{Bytes, RecordId, RecordIdKey, SurrealValue};
use uuid::Uuid;

use super::{id, instant};
use crate::classify::Unread;

/// `passkey:<credential id>`
#[derive(Clone, SurrealValue)]
pub(crate) struct PasskeyRow {
    id: RecordId,
    user_id: Uuid,
    user_handle: Bytes,
    name: String,
    material: Bytes,
    counter: i64,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl From<&Passkey> for PasskeyRow {
    fn from(passkey: &Passkey) -> Self {
        let Passkey { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = passkey;
        Self {
            id: id::passkey(id),
            user_id: user_id.as_uuid(),
            user_handle: user_handle.as_bytes().to_vec().into(),
            name: name.as_str().to_owned(),
            material: material.clone().into(),
            counter: i64::from(*counter),
            created_at: created_at.as_micros(),
            last_used_at: last_used_at.map(Timestamp::as_micros),
        }
    }
}

impl TryFrom<PasskeyRow> for Passkey {
    type Error = Unread;

    fn try_from(row: PasskeyRow) -> Result<Self, Unread> {
        let PasskeyRow { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = row;
        Ok(Self {
            id: credential_of(&id)?,
            user_id: UserId::from_uuid(user_id),
            user_handle: UserHandle::from_bytes(&user_handle).map_err(Unread::corrupt)?,
            name: PasskeyName::parse(&name).map_err(Unread::corrupt)?,
            material: material.to_vec(),
            counter: u32::try_from(counter).map_err(Unread::corrupt)?,
            created_at: instant(created_at)?,
            last_used_at: last_used_at.map(instant).transpose()?,
        })
    }
}

/// `ceremony:<hash of the challenge>`
#[derive(Clone, SurrealValue)]
pub(crate) struct CeremonyRow {
    id: RecordId,
    kind: String,
    state: Bytes,
    expires_at: i64,
}

impl From<&Ceremony> for CeremonyRow {
    fn from(ceremony: &Ceremony) -> Self {
        let Ceremony { challenge, kind, state, expires_at } = ceremony;
        Self {
            id: id::ceremony(challenge),
            kind: kind.as_str().to_owned(),
            state: state.clone().into(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl TryFrom<CeremonyRow> for Ceremony {
    type Error = Unread;

    fn try_from(row: CeremonyRow) -> Result<Self, Unread> {
        let CeremonyRow { id, kind, state, expires_at } = row;
        let challenge: [u8; 32] = bytes_of(&id)?.as_slice().try_into().map_err(Unread::corrupt)?;
        Ok(Self {
            challenge: ChallengeHash::from_bytes(challenge),
            kind: kind.parse().map_err(Unread::corrupt)?,
            state: state.to_vec(),
            expires_at: instant(expires_at)?,
        })
    }
}

pub(crate) fn credential_of(id: &RecordId) -> Result<CredentialId, Unread> {
    CredentialId::from_bytes(bytes_of(id)?).map_err(Unread::corrupt)
}

fn bytes_of(id: &RecordId) -> Result<Vec<u8>, Unread> {
    let malformed = || Unread::corrupt("record id is no hexadecimal digits");
    let RecordIdKey::String(digits) = &id.key else { return Err(malformed()) };
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return Err(malformed());
    }
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(Unread::corrupt);
    (0..digits.len()).step_by(2).map(byte).collect()
}
