//! The stored form of the mark of an import.

use std::borrow::Cow;

use parlour_domain::{ArchiveKey, CredentialId, ImportMark, Seq, Side, TokenHash, Unit, UserId};
use serde::{Deserialize, Serialize};

use crate::CodecError;
use crate::version::{CURRENT, parse, print};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMark<'a> {
    v: u64,
    source: Cow<'a, str>,
    sides: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<StoredKey<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum StoredKey<'a> {
    Id(String),
    Session(String),
    Passkey(String),
    Block(String, String),
    Entry(String, u64),
    Answer(String, Cow<'a, str>),
}

/// The bytes to keep for a mark.
///
/// `v` version, `source` of the copy, its `sides`, and how far it has come: the `unit` and the `key` of the last record.
#[must_use]
pub fn encode_mark(mark: &ImportMark) -> Vec<u8> {
    let ImportMark { source, sides, reached } = mark;
    print(&StoredMark {
        v: CURRENT,
        source: source.into(),
        sides: sides.iter().map(|side| side.as_str().into()).collect(),
        unit: reached.as_ref().map(|(unit, _)| unit.as_str().into()),
        key: reached.as_ref().map(|(_, key)| key.into()),
    })
}

/// The mark that [`encode_mark`] wrote.
///
/// # Errors
/// [`CodecError`] when the bytes are not what this program or an older one wrote.
pub fn decode_mark(bytes: &[u8]) -> Result<ImportMark, CodecError> {
    let StoredMark { v: _, source, sides, unit, key } = parse(bytes)?;
    let side = |name: Cow<'_, str>| Side::from_name(&name).ok_or(CodecError::Mark("it names no side"));
    let reached = match (unit, key) {
        (None, None) => None,
        (Some(unit), Some(key)) => {
            let unit = Unit::from_name(&unit).ok_or(CodecError::Mark("it names no unit"))?;
            Some((unit, key.try_into()?))
        }
        _ => return Err(CodecError::Mark("it has a unit without a key, or a key without a unit")),
    };
    Ok(ImportMark {
        source: source.into_owned(),
        sides: sides.into_iter().map(side).collect::<Result<_, _>>()?,
        reached,
    })
}

impl<'a> From<&'a ArchiveKey> for StoredKey<'a> {
    fn from(key: &'a ArchiveKey) -> Self {
        match key {
            ArchiveKey::Id(id) => Self::Id(UserId::from_uuid(*id).to_string()),
            ArchiveKey::Session(hash) => Self::Session(hexadecimal(hash.as_bytes())),
            ArchiveKey::Passkey(id) => Self::Passkey(id.to_string()),
            ArchiveKey::Block(user, blocked) => Self::Block(user.to_string(), blocked.to_string()),
            ArchiveKey::Entry(user, seq) => Self::Entry(user.to_string(), seq.get()),
            ArchiveKey::Answer(caller, key) => Self::Answer(caller.to_string(), key.into()),
        }
    }
}

impl TryFrom<StoredKey<'_>> for ArchiveKey {
    type Error = CodecError;

    fn try_from(stored: StoredKey<'_>) -> Result<Self, CodecError> {
        Ok(match stored {
            StoredKey::Id(id) => Self::Id(id.parse::<UserId>()?.as_uuid()),
            StoredKey::Session(digits) => {
                let hash = bytes(&digits)
                    .and_then(|hash| hash.try_into().ok())
                    .ok_or(CodecError::Mark("it has no hash of a token"))?;
                Self::Session(TokenHash::from_bytes(hash))
            }
            StoredKey::Passkey(digits) => {
                let id = bytes(&digits).and_then(|id| CredentialId::from_bytes(id).ok());
                Self::Passkey(id.ok_or(CodecError::Mark("it has no id of a passkey"))?)
            }
            StoredKey::Block(user, blocked) => Self::Block(user.parse()?, blocked.parse()?),
            StoredKey::Entry(user, seq) => Self::Entry(user.parse()?, Seq::new(seq)),
            StoredKey::Answer(caller, key) => Self::Answer(caller.parse()?, key.into_owned()),
        })
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}
