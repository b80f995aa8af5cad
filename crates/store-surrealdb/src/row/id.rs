//! The ids of single records: what is unique, or read in an order, is so by its id.

use parlour_domain::{
    ChallengeHash, CommitId, CredentialId, DirectPair, EventId, IdempotencyKey, RoomCursor, RoomId, Seq, Timestamp,
    TokenHash, User, UserId, UsernameKey,
};
use surrealdb::types::{Array, Object, RecordId, RecordIdKey, SurrealValue, Value};
use uuid::Uuid;

use super::Table;

/// A number as the engine keeps it.
pub(crate) fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Newest first, since the engine reads a range only forwards.
fn descending(seq: Seq) -> i64 {
    -integer(seq.get())
}

fn single(table: Table, uuid: Uuid) -> RecordId {
    RecordId::new(table.name(), surrealdb::types::Uuid::from(uuid))
}

pub(super) fn key<const N: usize>(parts: [Value; N]) -> RecordIdKey {
    RecordIdKey::Array(Array::from(Vec::from(parts)))
}

pub(crate) fn user(id: UserId) -> RecordId {
    single(Table::User, id.as_uuid())
}

pub(crate) fn username(name: &UsernameKey) -> RecordId {
    RecordId::new(Table::Username.name(), name.as_str())
}

/// The record that leads from a user's name to the user.
pub(crate) fn username_row(user: &User) -> Value {
    let mut row = Object::new();
    row.insert("id", username(&user.username.key()));
    row.insert("user", self::user(user.id));
    Value::Object(row)
}

pub(crate) fn session(hash: &TokenHash) -> RecordId {
    RecordId::new(Table::Session.name(), hash_digits(hash))
}

pub(super) fn hash_digits(hash: &TokenHash) -> String {
    digits(hash.as_bytes())
}

/// In their order two of these are as the bytes are.
fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn credential_digits(id: &CredentialId) -> String {
    digits(id.as_bytes())
}

pub(crate) fn passkey(id: &CredentialId) -> RecordId {
    RecordId::new(Table::Passkey.name(), credential_digits(id))
}

pub(crate) fn ceremony(challenge: &ChallengeHash) -> RecordId {
    RecordId::new(Table::Ceremony.name(), digits(challenge.as_bytes()))
}

pub(crate) fn contact_policy(user: UserId) -> RecordId {
    single(Table::ContactPolicy, user.as_uuid())
}

pub(crate) fn block(user: UserId, blocked: UserId) -> RecordId {
    RecordId::new(Table::Block.name(), block_key(user, blocked))
}

pub(super) fn block_key(user: UserId, blocked: UserId) -> RecordIdKey {
    key([user.as_uuid().into_value(), blocked.as_uuid().into_value()])
}

pub(crate) fn room(id: RoomId) -> RecordId {
    single(Table::Room, id.as_uuid())
}

pub(crate) fn direct(pair: DirectPair) -> RecordId {
    let parts = [pair.low().as_uuid().into_value(), pair.high().as_uuid().into_value()];
    RecordId::new(Table::Direct.name(), key(parts))
}

pub(crate) fn member(user: UserId, place: RoomCursor) -> RecordId {
    RecordId::new(Table::Member.name(), member_key(user, place))
}

pub(super) fn member_key(user: UserId, place: RoomCursor) -> RecordIdKey {
    let complement = Uuid::from_u128(!place.room_id.as_uuid().as_u128());
    key([user.as_uuid().into_value(), (-place.updated_at.as_micros()).into_value(), complement.into_value()])
}

pub(crate) fn expiry(at: Timestamp, room: RoomId) -> RecordId {
    RecordId::new(Table::Expiry.name(), key([at.as_micros().into_value(), room.as_uuid().into_value()]))
}

pub(crate) fn commit(id: CommitId) -> RecordId {
    single(Table::AppliedCommit, id.as_uuid())
}

pub(crate) fn answer(caller: UserId, name: &IdempotencyKey) -> RecordId {
    let parts = [caller.as_uuid().into_value(), name.as_str().into_value()];
    RecordId::new(Table::Answer.name(), key(parts))
}

pub(crate) fn shared_event(id: EventId) -> RecordId {
    single(Table::SharedEvent, id.as_uuid())
}

pub(crate) fn inbox(user: UserId, seq: Seq) -> RecordId {
    RecordId::new(Table::Inbox.name(), inbox_key(user, seq))
}

pub(super) fn inbox_key(user: UserId, seq: Seq) -> RecordIdKey {
    key([user.as_uuid().into_value(), descending(seq).into_value()])
}

pub(crate) fn forgotten(user: UserId) -> RecordId {
    RecordId::new("forgotten", surrealdb::types::Uuid::from(user.as_uuid()))
}
