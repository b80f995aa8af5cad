//! Rooms, what leads to them, and answered requests.

use std::collections::BTreeSet;

use parlour_domain::{
    DirectPair, Fingerprint, IdempotencyKey, IdempotencyRecord, Participant, Revision, Role, Room, RoomCursor, RoomId,
    RoomKind, RoomName, RoomParts, Timestamp, UserId,
};
use parlour_store_codec::{decode_answer, encode_answer};
use surrealdb::types::{Bytes, Object, RecordId, RecordIdKey, SurrealValue, Value};
use uuid::Uuid;

use super::user::uuid_of;
use super::{Table, id, instant, integer};
use crate::classify::Unread;

/// `room:<id>`, with everyone who is in it: user, role, joined at.
#[derive(Clone, SurrealValue)]
pub(crate) struct RoomRow {
    id: RecordId,
    kind: String,
    name: Option<String>,
    expires_at: Option<i64>,
    people: Vec<(Uuid, String, i64)>,
    created_by: Uuid,
    created_at: i64,
    updated_at: i64,
    revision: i64,
}

impl From<&Room> for RoomRow {
    fn from(room: &Room) -> Self {
        let person = |participant: &Participant| {
            let Participant { user_id, role, joined_at } = participant;
            (user_id.as_uuid(), role.as_str().to_owned(), joined_at.as_micros())
        };
        Self {
            id: id::room(room.id()),
            kind: room.kind().as_str().to_owned(),
            name: room.name().map(|name| name.as_str().to_owned()),
            expires_at: room.kind().expires_at().map(Timestamp::as_micros),
            people: room.participants().iter().map(person).collect(),
            created_by: room.created_by().as_uuid(),
            created_at: room.created_at().as_micros(),
            updated_at: room.updated_at().as_micros(),
            revision: integer(room.revision().get()),
        }
    }
}

impl TryFrom<RoomRow> for Room {
    type Error = Unread;

    fn try_from(row: RoomRow) -> Result<Self, Unread> {
        let RoomRow { id, kind, name, expires_at, people, created_by, created_at, updated_at, revision } = row;
        let kind = RoomKind::from_parts(&kind, expires_at.map(instant).transpose()?);
        let name = name.map(|name| RoomName::parse(&name)).transpose();
        Self::restore(RoomParts {
            id: RoomId::from_uuid(uuid_of(&id)?),
            kind: kind.ok_or_else(|| Unread::corrupt("room is of no known kind"))?,
            name: name.map_err(Unread::corrupt)?,
            participants: people.into_iter().map(participant).collect::<Result<_, _>>()?,
            created_by: UserId::from_uuid(created_by),
            created_at: instant(created_at)?,
            updated_at: instant(updated_at)?,
            revision: Revision::new(u64::try_from(revision).map_err(Unread::corrupt)?),
        })
        .map_err(Unread::corrupt)
    }
}

fn participant((user, role, joined_at): (Uuid, String, i64)) -> Result<Participant, Unread> {
    Ok(Participant {
        user_id: UserId::from_uuid(user),
        role: role.parse::<Role>().map_err(Unread::corrupt)?,
        joined_at: instant(joined_at)?,
    })
}

/// A record that leads to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// `direct:[lower user, higher user]`
    Direct(DirectPair),
    /// `member:[user, - updated at, complement of the room's id]`
    Member(UserId, RoomCursor),
    /// `expiry:[expires at, room]`
    Expiry(Timestamp, RoomId),
}

impl Way {
    /// All ways to a room.
    pub(crate) fn all(room: &Room) -> BTreeSet<Self> {
        let member = |participant: &Participant| Self::Member(participant.user_id, room.cursor());
        let members = room.participants().iter().map(member);
        let expiry = room.kind().expires_at().map(|end| Self::Expiry(end, room.id()));
        members.chain(room.direct_pair().map(Self::Direct)).chain(expiry).collect()
    }

    pub(crate) const fn table(self) -> Table {
        match self {
            Self::Direct(_) => Table::Direct,
            Self::Member(..) => Table::Member,
            Self::Expiry(..) => Table::Expiry,
        }
    }

    pub(crate) fn id(self) -> RecordId {
        match self {
            Self::Direct(pair) => id::direct(pair),
            Self::Member(user, place) => id::member(user, place),
            Self::Expiry(end, room) => id::expiry(end, room),
        }
    }

    /// The record that leads to `room`.
    pub(crate) fn row(self, room: &Room) -> Value {
        let mut row = Object::new();
        row.insert("id", self.id());
        row.insert("room", id::room(room.id()));
        // So that a listing can pass over expired rooms without looking at them.
        if let (Self::Member(..), Some(end)) = (self, room.kind().expires_at()) {
            row.insert("expires_at", end.as_micros());
        }
        Value::Object(row)
    }
}

/// Where in somebody's list a membership is.
pub(crate) fn member_place(id: &RecordId) -> Result<RoomCursor, Unread> {
    let RecordIdKey::Array(parts) = &id.key else { return Err(Unread::corrupt("membership id is no user and place")) };
    let (_, moved_up, complement): (Uuid, i64, Uuid) =
        SurrealValue::from_value(Value::Array(parts.clone())).map_err(Unread::corrupt)?;
    let micros = moved_up.checked_neg().ok_or_else(|| Unread::corrupt("membership id has no instant"))?;
    Ok(RoomCursor { updated_at: instant(micros)?, room_id: RoomId::from_uuid(Uuid::from_u128(!complement.as_u128())) })
}

/// `answer:[caller, key]`
#[derive(SurrealValue)]
pub(crate) struct AnswerRow {
    id: RecordId,
    fingerprint: Bytes,
    answer: Bytes,
    created_at: i64,
    expires_at: i64,
}

impl From<&IdempotencyRecord> for AnswerRow {
    fn from(record: &IdempotencyRecord) -> Self {
        let IdempotencyRecord { caller, key, fingerprint, answer, created_at, expires_at } = record;
        Self {
            id: id::answer(*caller, key),
            fingerprint: fingerprint.as_bytes().to_vec().into(),
            answer: encode_answer(answer).into(),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl AnswerRow {
    /// The record of the request that `caller` made under `key`.
    pub(crate) fn read(self, caller: UserId, key: &IdempotencyKey) -> Result<IdempotencyRecord, Unread> {
        let fingerprint: [u8; 32] = self.fingerprint.as_ref().try_into().map_err(Unread::corrupt)?;
        Ok(IdempotencyRecord {
            caller,
            key: key.clone(),
            fingerprint: Fingerprint::from_bytes(fingerprint),
            answer: decode_answer(&self.answer).map_err(Unread::corrupt)?,
            created_at: instant(self.created_at)?,
            expires_at: instant(self.expires_at)?,
        })
    }
}
