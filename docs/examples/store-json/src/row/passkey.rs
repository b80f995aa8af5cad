//! Passkeys and ceremonies, which are kept by their ids in hexadecimal digits: the order of those is that of the bytes.

use parlour_domain::port::Source;
use parlour_domain::{Ceremony, ChallengeHash, CredentialId, Passkey, PasskeyName, Timestamp, UserHandle, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::classify::CorruptRow;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PasskeyRow {
    id: Vec<u8>,
    pub(crate) user_id: Uuid,
    pub(crate) user_handle: Vec<u8>,
    name: String,
    pub(crate) material: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) created_at: i64,
    pub(crate) last_used_at: Option<i64>,
}

impl PasskeyRow {
    pub(crate) fn of(passkey: &Passkey) -> Self {
        let Passkey { id, user_id, user_handle, name, material, counter, created_at, last_used_at } = passkey;
        Self {
            id: id.as_bytes().to_vec(),
            user_id: user_id.as_uuid(),
            user_handle: user_handle.as_bytes().to_vec(),
            name: name.to_string(),
            material: material.clone(),
            counter: *counter,
            created_at: created_at.as_micros(),
            last_used_at: last_used_at.map(Timestamp::as_micros),
        }
    }

    pub(crate) fn id(&self) -> Result<CredentialId, CorruptRow> {
        CredentialId::from_bytes(self.id.clone()).map_err(|cause| self.corrupt(cause.into()))
    }

    pub(crate) fn parse(&self) -> Result<Passkey, CorruptRow> {
        let id = self.id()?;
        let passkey = || {
            Ok::<_, Source>(Passkey {
                id,
                user_id: UserId::from_uuid(self.user_id),
                user_handle: UserHandle::from_bytes(&self.user_handle)?,
                name: PasskeyName::parse(&self.name)?,
                material: self.material.clone(),
                counter: self.counter,
                created_at: Timestamp::from_micros(self.created_at)?,
                last_used_at: self.last_used_at.map(Timestamp::from_micros).transpose()?,
            })
        };
        passkey().map_err(|cause| self.corrupt(cause))
    }

    fn corrupt(&self, cause: Source) -> CorruptRow {
        CorruptRow { table: "passkey of", id: self.user_id, cause }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CeremonyRow {
    kind: String,
    state: Vec<u8>,
    pub(crate) expires_at: i64,
}

impl CeremonyRow {
    pub(crate) fn of(ceremony: &Ceremony) -> Self {
        let Ceremony { challenge: _, kind, state, expires_at } = ceremony;
        Self { kind: kind.as_str().to_owned(), state: state.clone(), expires_at: expires_at.as_micros() }
    }

    pub(crate) fn parse(self, challenge: ChallengeHash) -> Result<Ceremony, Source> {
        let Self { kind, state, expires_at } = self;
        Ok(Ceremony { challenge, kind: kind.parse()?, state, expires_at: Timestamp::from_micros(expires_at)? })
    }
}

pub(crate) fn challenge_key(challenge: &ChallengeHash) -> String {
    challenge.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
