//! Table `rooms`, and a room together with its participants.

use parlour_domain::port::Source;
use parlour_domain::{
    DirectPair, Participant, Revision, Room, RoomId, RoomKind, RoomName, RoomParts, Timestamp, UserId,
};
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::{CorruptRow, signed, unsigned};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub name: Option<String>,
    pub expires_at: Option<i64>,
    /// With `direct_high` the unique key of a direct room; null in other kinds.
    pub direct_low: Option<Uuid>,
    pub direct_high: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: i64,
    pub updated_at: i64,
    pub revision: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Room> for Model {
    fn from(room: &Room) -> Self {
        let pair = room.direct_pair();
        Self {
            id: room.id().as_uuid(),
            kind: room.kind().as_str().to_owned(),
            name: room.name().map(ToString::to_string),
            expires_at: room.kind().expires_at().map(Timestamp::as_micros),
            direct_low: pair.map(|pair| DirectPair::low(pair).as_uuid()),
            direct_high: pair.map(|pair| DirectPair::high(pair).as_uuid()),
            created_by: room.created_by().as_uuid(),
            created_at: room.created_at().as_micros(),
            updated_at: room.updated_at().as_micros(),
            revision: signed(room.revision().get()),
        }
    }
}

/// A room beside one of its participants; a room of three is three of these.
#[derive(Debug, FromQueryResult)]
pub(crate) struct RoomRow {
    id: Uuid,
    kind: String,
    name: Option<String>,
    expires_at: Option<i64>,
    created_by: Uuid,
    created_at: i64,
    updated_at: i64,
    revision: i64,
    user_id: Option<Uuid>,
    role: Option<String>,
    joined_at: Option<i64>,
}

/// Puts rooms together again; the rows of one room must follow each other.
pub(crate) fn assemble(rows: &[RoomRow]) -> impl Iterator<Item = Result<Room, CorruptRow>> {
    rows.chunk_by(|one, next| one.id == next.id).map(assemble_one)
}

/// Puts one room together again; there must be a row.
pub(crate) fn assemble_one(rows: &[RoomRow]) -> Result<Room, CorruptRow> {
    parse(rows).map_err(|source| CorruptRow::new(format!("room {}", rows[0].id), source))
}

fn parse(rows: &[RoomRow]) -> Result<Room, Source> {
    let room = &rows[0];
    let expires_at = room.expires_at.map(Timestamp::from_micros).transpose()?;
    let kind = RoomKind::from_parts(&room.kind, expires_at);
    let participants = rows.iter().map(participant).filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(Room::restore(RoomParts {
        id: RoomId::from_uuid(room.id),
        kind: kind.ok_or_else(|| format!("its kind is {:?} and its end {expires_at:?}", room.kind))?,
        name: room.name.as_deref().map(RoomName::parse).transpose()?,
        participants,
        created_by: UserId::from_uuid(room.created_by),
        created_at: Timestamp::from_micros(room.created_at)?,
        updated_at: Timestamp::from_micros(room.updated_at)?,
        revision: Revision::new(unsigned(room.revision)?),
    })?)
}

/// A room without any participant has one row without one.
fn participant(row: &RoomRow) -> Result<Option<Participant>, Source> {
    let (Some(user_id), Some(role), Some(joined_at)) = (row.user_id, &row.role, row.joined_at) else {
        return Ok(None);
    };
    Ok(Some(Participant {
        user_id: UserId::from_uuid(user_id),
        role: role.parse()?,
        joined_at: Timestamp::from_micros(joined_at)?,
    }))
}
