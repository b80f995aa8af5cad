//! The version that every stored value begins with.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::CodecError;

pub(crate) const CURRENT: u64 = 1;

#[derive(Deserialize)]
struct Header {
    v: u64,
}

/// Looks at the version before the fields: a newer value is named as such, whatever else it holds.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    let Header { v } = serde_json::from_slice(bytes)?;
    if v != CURRENT {
        return Err(CodecError::UnknownVersion(v));
    }
    Ok(serde_json::from_slice(bytes)?)
}

#[expect(clippy::expect_used, reason = "serialising to memory fails only for maps with keys that are no text")]
pub(crate) fn print<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain fields always serialise")
}
