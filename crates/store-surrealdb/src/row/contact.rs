//! Policies and blocks.

use parlour_domain::{Block, ContactPolicy, SetPolicy, UserId};
use surrealdb::types::{Array, RecordId, RecordIdKey, SurrealValue, Value};
use uuid::Uuid;

use super::{id, instant, uuid_of};
use crate::classify::Unread;

/// `contact_policy:<user>`
#[derive(SurrealValue)]
pub(crate) struct PolicyRow {
    id: RecordId,
    policy: String,
}

impl From<&SetPolicy> for PolicyRow {
    fn from(set: &SetPolicy) -> Self {
        let SetPolicy { user, policy } = set;
        Self { id: id::contact_policy(*user), policy: policy.as_str().to_owned() }
    }
}

impl TryFrom<PolicyRow> for SetPolicy {
    type Error = Unread;

    fn try_from(row: PolicyRow) -> Result<Self, Unread> {
        let PolicyRow { id, policy } = row;
        let policy: ContactPolicy = policy.parse().map_err(Unread::corrupt)?;
        Ok(Self { user: UserId::from_uuid(uuid_of(&id)?), policy })
    }
}

/// `block:[user, blocked]`
#[derive(SurrealValue)]
pub(crate) struct BlockRow {
    id: RecordId,
    created_at: i64,
}

impl From<&Block> for BlockRow {
    fn from(block: &Block) -> Self {
        let Block { user, blocked, at } = block;
        Self { id: id::block(*user, *blocked), created_at: at.as_micros() }
    }
}

impl TryFrom<BlockRow> for Block {
    type Error = Unread;

    fn try_from(row: BlockRow) -> Result<Self, Unread> {
        let BlockRow { id, created_at } = row;
        let (user, blocked) = pair_of(&id)?;
        Ok(Self { user, blocked, at: instant(created_at)? })
    }
}

/// Who blocks, and who is blocked.
pub(crate) fn pair_of(id: &RecordId) -> Result<(UserId, UserId), Unread> {
    let RecordIdKey::Array(parts) = &id.key else { return Err(Unread::corrupt("block id is no pair")) };
    let parts: Array = parts.clone();
    let (user, blocked): (Uuid, Uuid) = SurrealValue::from_value(Value::Array(parts)).map_err(Unread::corrupt)?;
    Ok((UserId::from_uuid(user), UserId::from_uuid(blocked)))
}
