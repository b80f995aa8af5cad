//! The stored form of an event.

use std::borrow::Cow;

use parlour_domain::{Member, RoomEvent, RoomEventKind, RoomSnapshot, Timestamp};
use serde::{Deserialize, Serialize};

use crate::CodecError;
use crate::snapshot::{StoredMember, StoredSnapshot};
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<StoredMember<'a>>,
}

/// The bytes to keep for an event.
///
/// `v` version, `id` event, `room`, `at` when, `kind` as [`RoomEventKind::as_str`]; for `room_created` and `room_updated`
/// a `snap` shot: `id` room, `kind`, `end` (when its time is over), `name` (its own), `by` (creator), `at` (created), `up`
/// (dated), `who` (members: `id`, `user` name, display `name`, `role`, `at` joined); for `participant_joined`,
/// `participant_left` and `participant_changed` `who` it is (one member). What is absent is left out.
#[must_use]
pub fn encode_event(event: &RoomEvent) -> Vec<u8> {
    let RoomEvent { id, room_id, at, kind } = event;
    let (snap, who) = match kind {
        RoomEventKind::Created(snapshot) | RoomEventKind::Updated(snapshot) => (Some(snapshot.into()), None),
        RoomEventKind::Joined(member) | RoomEventKind::Left(member) | RoomEventKind::Changed(member) => {
            (None, Some(member.into()))
        }
        RoomEventKind::Deleted | RoomEventKind::Expired => (None, None),
    };
    print(&StoredEvent {
        v: CURRENT,
        id: id.to_string(),
        room: room_id.to_string(),
        at: at.as_micros(),
        kind: kind.as_str().into(),
        snap,
        who,
    })
}

/// The event that [`encode_event`] wrote.
///
/// # Errors
/// [`CodecError`] when the bytes are not what this program or an older one wrote.
pub fn decode_event(bytes: &[u8]) -> Result<RoomEvent, CodecError> {
    let StoredEvent { v: _, id, room, at, kind, snap, who } = parse(bytes)?;
    let kind = match (kind.as_ref(), snap, who) {
        ("room_created", Some(snapshot), None) => RoomEventKind::Created(RoomSnapshot::try_from(snapshot)?),
        ("room_updated", Some(snapshot), None) => RoomEventKind::Updated(RoomSnapshot::try_from(snapshot)?),
        ("participant_joined", None, Some(who)) => RoomEventKind::Joined(Member::try_from(who)?),
        ("participant_left", None, Some(who)) => RoomEventKind::Left(Member::try_from(who)?),
        ("participant_changed", None, Some(who)) => RoomEventKind::Changed(Member::try_from(who)?),
        ("room_deleted", None, None) => RoomEventKind::Deleted,
        ("room_expired", None, None) => RoomEventKind::Expired,
        _ => return Err(CodecError::EventKind(kind.into_owned())),
    };
    Ok(RoomEvent { id: id.parse()?, room_id: room.parse()?, at: Timestamp::from_micros(at)?, kind })
}
