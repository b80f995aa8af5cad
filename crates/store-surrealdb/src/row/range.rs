//! The ids of ranges of records. A text reads one as `FROM type::record($range)`: for a range that the planner knows
//! beforehand the engine ignores LIMIT and reads it whole.

use std::ops::Bound;

use parlour_domain::{RoomCursor, Seq, Timestamp, UserId};
use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};

use super::{Table, id};

fn of(table: Table, start: Bound<RecordIdKey>, end: Bound<RecordIdKey>) -> RecordId {
    RecordId::new(table.name(), RecordIdKeyRange { start, end })
}

/// All users, those after `after` in the order of their ids.
pub(crate) fn users(after: Option<UserId>) -> RecordId {
    let key = |user: UserId| RecordIdKey::Uuid(user.as_uuid().into());
    of(Table::User, after.map_or(Bound::Unbounded, |user| Bound::Excluded(key(user))), Bound::Unbounded)
}

/// The memberships of `user`, those after the place `after`.
pub(crate) fn members(user: UserId, after: Option<RoomCursor>) -> RecordId {
    let edge = |number: i64| id::key([user.as_uuid().into_value(), number.into_value()]);
    let start = match after {
        Some(place) => Bound::Excluded(id::member_key(user, place)),
        None => Bound::Included(edge(i64::MIN)),
    };
    of(Table::Member, start, Bound::Excluded(edge(i64::MAX)))
}

/// The rooms whose time is over at `now`.
pub(crate) fn expired(now: Timestamp) -> RecordId {
    let edge = id::key([now.as_micros().saturating_add(1).into_value()]);
    of(Table::Expiry, Bound::Unbounded, Bound::Excluded(edge))
}

/// The entries of `user` from the place `first` to the place `last`, newest first.
pub(crate) fn inbox(user: UserId, first: Seq, last: Seq) -> RecordId {
    of(Table::Inbox, Bound::Included(id::inbox_key(user, last)), Bound::Included(id::inbox_key(user, first)))
}

/// Everybody's entries, those after the entry `after` in the order of the records: by user, and newest first.
pub(crate) fn inboxes(after: Option<(UserId, Seq)>) -> RecordId {
    let start = after.map_or(Bound::Unbounded, |(user, seq)| Bound::Excluded(id::inbox_key(user, seq)));
    of(Table::Inbox, start, Bound::Unbounded)
}

/// The highest place there can be.
pub(crate) fn last() -> Seq {
    Seq::new(i64::MAX.unsigned_abs())
}
