//! The ranges of records that are read in order.
//!
//! A text that reads no more than a limit asks `FROM type::record('table', $after>..$until)`. The planner must not know
//! the range beforehand: of one that it knows, a parameter or a literal, the engine reads everything and drops what the
//! limit leaves out.

use parlour_domain::{RoomCursor, Seq, Timestamp, UserId};
use surrealdb::types::{RecordId, RecordIdKeyRange, SurrealValue, Value};
use uuid::Uuid;

use super::{Table, id};

/// The keys of a table that lie between two that do not belong to it.
pub(crate) struct Between {
    after: Value,
    until: Value,
}

impl Between {
    /// The parameters of a text.
    pub(crate) fn vars(self) -> [(&'static str, Value); 2] {
        [("after", self.after), ("until", self.until)]
    }
}

/// Before and after every key that is a uuid.
fn any() -> Between {
    Between { after: i64::MIN.into_value(), until: Value::Object(surrealdb::types::Object::new()) }
}

/// Before and after every key of `user` that goes on with a number.
fn of_user(user: UserId) -> Between {
    let edge = |number: i64| vec![user.as_uuid().into_value(), number.into_value()].into_value();
    Between { after: edge(i64::MIN), until: edge(i64::MAX) }
}

/// All users, those after `after` in the order of their ids.
pub(crate) fn users(after: Option<UserId>) -> Between {
    match after {
        Some(user) => Between { after: user.as_uuid().into_value(), ..any() },
        None => any(),
    }
}

/// The memberships of `user`, those after the place `after`.
pub(crate) fn members(user: UserId, after: Option<RoomCursor>) -> Between {
    match after {
        Some(place) => Between { after: id::member_key(user, place).into_value(), ..of_user(user) },
        None => of_user(user),
    }
}

/// The rooms whose time is over at `now`.
pub(crate) fn expired(now: Timestamp) -> Between {
    let edge = |number: i64| vec![number.into_value()].into_value();
    Between { after: edge(i64::MIN), until: edge(now.as_micros().saturating_add(1)) }
}

/// All entries of `user`, newest first.
pub(crate) fn inbox(user: UserId) -> Between {
    of_user(user)
}

/// Everybody's entries, those after the entry `after` in the order of the records: by user, and newest first.
pub(crate) fn inboxes(after: Option<(UserId, Seq)>) -> Between {
    let after = after.map_or_else(
        || vec![Uuid::nil().into_value()].into_value(),
        |(user, seq)| id::inbox_key(user, seq).into_value(),
    );
    Between { after, ..any() }
}

/// The entries of `user` from the place `first` to the place `last`, newest first, for a text that reads all of them.
pub(crate) fn entries(user: UserId, first: Seq, last: Seq) -> RecordId {
    use std::ops::Bound::Included;
    let (start, end) = (Included(id::inbox_key(user, last)), Included(id::inbox_key(user, first)));
    RecordId::new(Table::Inbox.name(), RecordIdKeyRange { start, end })
}
