//! The stored form of an answered request.

use parlour_domain::{Answer, RoomSnapshot};
use serde::{Deserialize, Serialize};

use crate::CodecError;
use crate::snapshot::StoredSnapshot;
use crate::version::{CURRENT, parse, print};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAnswer<'a> {
    v: u64,
    new: bool,
    snap: StoredSnapshot<'a>,
}

/// The bytes to keep for an answer.
///
/// `v` version, `new` whether the room was created then, `snap` the room as in
/// [`encode_event`](crate::encode_event).
#[must_use]
pub fn encode_answer(answer: &Answer) -> Vec<u8> {
    let Answer { created, room } = answer;
    print(&StoredAnswer { v: CURRENT, new: *created, snap: room.into() })
}

/// The answer that [`encode_answer`] wrote.
///
/// # Errors
/// [`CodecError`] when the bytes are not what this program or an older one wrote.
pub fn decode_answer(bytes: &[u8]) -> Result<Answer, CodecError> {
    let StoredAnswer { v: _, new, snap } = parse(bytes)?;
    Ok(Answer { created: new, room: RoomSnapshot::try_from(snap)? })
}
