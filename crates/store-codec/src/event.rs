//! The stored form of an event.

use std::borrow::Cow;

use parlour_domain::{RoomEvent, RoomEventKind, RoomSnapshot, Timestamp};
use serde::{Deserialize, Serialize};

use crate::CodecError;
use crate::snapshot::StoredSnapshot;
use crate::version::{CURRENT, parse, print};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEvent<'a> {
    v: u64,
    id: String,
    room: String,
    at: i64,
    kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snap: Option<StoredSnapshot<'a>>,
}

/// The bytes to keep for an event.
///
/// `v` version, `id` event, `room`, `at` when, `kind` as [`RoomEventKind::as_str`], and for `room_created` a `snap`
/// shot: `id` room, `kind`, `end` (when its time is over), `name` (its own), `by` (creator), `at` (created), `up`
/// (dated), `who` (members: `id`, `user` name, display `name`, `role`, `at` joined). What is absent is left out.
#[must_use]
pub fn encode_event(event: &RoomEvent) -> Vec<u8> {
    let RoomEvent { id, room_id, at, kind } = event;
    let snap = match kind {
        RoomEventKind::Created(snapshot) => Some(snapshot.into()),
        RoomEventKind::Deleted | RoomEventKind::Expired => None,
    };
    print(&StoredEvent {
        v: CURRENT,
        id: id.to_string(),
        room: room_id.to_string(),
        at: at.as_micros(),
        kind: kind.as_str().into(),
        snap,
    })
}

/// The event that [`encode_event`] wrote.
///
/// # Errors
/// [`CodecError`] when the bytes are not what this program or an older one wrote.
pub fn decode_event(bytes: &[u8]) -> Result<RoomEvent, CodecError> {
    let StoredEvent { v: _, id, room, at, kind, snap } = parse(bytes)?;
    let kind = match (kind.as_ref(), snap) {
        ("room_created", Some(snapshot)) => RoomEventKind::Created(RoomSnapshot::try_from(snapshot)?),
        ("room_deleted", None) => RoomEventKind::Deleted,
        ("room_expired", None) => RoomEventKind::Expired,
        _ => return Err(CodecError::EventKind(kind.into_owned())),
    };
    Ok(RoomEvent { id: id.parse()?, room_id: room.parse()?, at: Timestamp::from_micros(at)?, kind })
}
