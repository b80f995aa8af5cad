//! The stored form of a room as it looked at some instant.

use std::borrow::Cow;

use parlour_domain::{Member, RoomKind, RoomName, RoomSnapshot, Timestamp};
use serde::{Deserialize, Serialize};

use crate::CodecError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredSnapshot<'a> {
    id: String,
    kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    by: String,
    at: i64,
    up: i64,
    who: Vec<StoredMember<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredMember<'a> {
    id: String,
    user: Cow<'a, str>,
    name: Cow<'a, str>,
    role: Cow<'a, str>,
    at: i64,
}

impl<'a> From<&'a RoomSnapshot> for StoredSnapshot<'a> {
    fn from(snapshot: &'a RoomSnapshot) -> Self {
        let RoomSnapshot { room_id, kind, name, members, created_by, created_at, updated_at } = snapshot;
        Self {
            id: room_id.to_string(),
            kind: kind.as_str().into(),
            end: kind.expires_at().map(Timestamp::as_micros),
            name: name.as_ref().map(|name| name.as_str().into()),
            by: created_by.to_string(),
            at: created_at.as_micros(),
            up: updated_at.as_micros(),
            who: members.iter().map(StoredMember::from).collect(),
        }
    }
}

impl<'a> From<&'a Member> for StoredMember<'a> {
    fn from(member: &'a Member) -> Self {
        let Member { user_id, username, display_name, role, joined_at } = member;
        Self {
            id: user_id.to_string(),
            user: username.into(),
            name: display_name.into(),
            role: role.as_str().into(),
            at: joined_at.as_micros(),
        }
    }
}

impl TryFrom<StoredSnapshot<'_>> for RoomSnapshot {
    type Error = CodecError;

    fn try_from(stored: StoredSnapshot<'_>) -> Result<Self, CodecError> {
        let StoredSnapshot { id, kind, end, name, by, at, up, who } = stored;
        let end = end.map(Timestamp::from_micros).transpose()?;
        Ok(Self {
            room_id: id.parse()?,
            kind: RoomKind::from_parts(&kind, end).ok_or_else(|| CodecError::RoomKind(kind.into_owned()))?,
            name: name.map(|name| RoomName::parse(&name)).transpose()?,
            members: who.into_iter().map(Member::try_from).collect::<Result<_, _>>()?,
            created_by: by.parse()?,
            created_at: Timestamp::from_micros(at)?,
            updated_at: Timestamp::from_micros(up)?,
        })
    }
}

impl TryFrom<StoredMember<'_>> for Member {
    type Error = CodecError;

    fn try_from(stored: StoredMember<'_>) -> Result<Self, CodecError> {
        let StoredMember { id, user, name, role, at } = stored;
        Ok(Self {
            user_id: id.parse()?,
            username: user.into_owned(),
            display_name: name.into_owned(),
            role: role.parse()?,
            joined_at: Timestamp::from_micros(at)?,
        })
    }
}
