//! Why bytes are no stored value.

use parlour_domain::{InvalidId, InvalidRole, InvalidRoomName, InvalidTimestamp};

/// Why stored bytes cannot be read; a store reports it as corrupt.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Not JSON, or not the fields that this version has.
    #[error("stored value is malformed")]
    Malformed(#[from] serde_json::Error),
    /// Written by a program that knows a version which this one does not.
    #[error("stored value has the unknown version {0}")]
    UnknownVersion(u64),
    /// An id does not parse.
    #[error("stored id is invalid")]
    Id(#[from] InvalidId),
    /// An instant cannot be held.
    #[error("stored instant is invalid")]
    Timestamp(#[from] InvalidTimestamp),
    /// A room's name does not parse.
    #[error("stored room name is invalid")]
    RoomName(#[from] InvalidRoomName),
    /// A role is unknown.
    #[error("stored role is invalid")]
    Role(#[from] InvalidRole),
    /// The kind of a room is unknown, or its end does not fit its kind.
    #[error("stored room kind is invalid: {0:?}")]
    RoomKind(String),
    /// The kind of an event is unknown, or a snapshot or member is there or missing against its kind.
    #[error("stored event kind is invalid: {0:?}")]
    EventKind(String),
    /// The mark of an import names no side, unit or place.
    #[error("stored import mark is invalid: {0}")]
    Mark(&'static str),
}
