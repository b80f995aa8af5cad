//! The stored form of what the domain holds, both ways: one struct per table, and the record ids.

mod contact;
pub(crate) mod id;
mod inbox;
mod passkey;
pub(crate) mod range;
mod room;
mod table;
mod user;

pub(crate) use contact::{BlockRow, PolicyRow, pair_of};
pub(crate) use id::integer;
pub(crate) use inbox::{Age, EntryRow, OldEntry, ReadEntry, SharedEventRow, place};
pub(crate) use passkey::{CeremonyRow, PasskeyRow, credential_of};
pub(crate) use room::{AnswerRow, RoomRow, Way, member_place};
pub(crate) use table::Table;
pub(crate) use user::{SessionRow, UserRow, hash_of, uuid_of};

use parlour_domain::Timestamp;

use crate::classify::Unread;

fn instant(micros: i64) -> Result<Timestamp, Unread> {
    Timestamp::from_micros(micros).map_err(Unread::corrupt)
}
