//! The ranges of records that are read in order.
//!
//! A text that reads no more than a limit asks `FROM type::record('table', $after>..$until)`. The planner must not know
//! the range beforehand: of one that it knows, a parameter or a literal, the engine reads everything and drops what the
//! limit leaves out.

use parlour_domain::{CredentialId, RoomCursor, Seq, Timestamp, TokenHash, UserId};
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

    /// The same as one value, for a text that reads several ranges.
    pub(crate) fn value(self) -> Value {
        Value::Object(self.vars().into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
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
    members_between(user, after, None)
}

/// The memberships of `user`, those after the place `after` and before the place `until`.
pub(crate) fn members_between(user: UserId, after: Option<RoomCursor>, until: Option<RoomCursor>) -> Between {
    let Between { after: first, until: last } = of_user(user);
    let edge = |place| id::member_key(user, place).into_value();
    Between { after: after.map_or(first, edge), until: until.map_or(last, edge) }
}

/// The blocks by `user`, those after the one of `after`.
pub(crate) fn blocked(user: UserId, after: Option<UserId>) -> Between {
    let alone = vec![user.as_uuid().into_value()].into_value();
    let last = vec![user.as_uuid().into_value(), Value::Object(surrealdb::types::Object::new())].into_value();
    let after = after.map_or(alone, |after| id::block_key(user, after).into_value());
    Between { after, until: last }
}

/// All blocks, those after a pair.
pub(crate) fn blocks(after: Option<(UserId, UserId)>) -> Between {
    let first = || vec![Uuid::nil().into_value()].into_value();
    Between { after: after.map_or_else(first, |(user, blocked)| id::block_key(user, blocked).into_value()), ..any() }
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

/// The newest entries of the inboxes after that of `last`.
pub(crate) fn inboxes_of_others(last: Option<UserId>) -> Between {
    let Some(last) = last else { return inboxes(None) };
    Between { after: vec![last.as_uuid().into_value(), i64::MAX.into_value()].into_value(), ..any() }
}

/// The entries of `user` after the place `after`, up to the place `last`, newest first.
pub(crate) fn inbox_part(user: UserId, after: Seq, last: Seq) -> Between {
    // The newest comes first and belongs to the range, the oldest does not.
    Between { after: id::inbox_key(user, last.next()).into_value(), until: id::inbox_key(user, after).into_value() }
}

/// All records of a table whose ids are uuids, those after `after`.
pub(crate) fn ids(after: Option<Uuid>) -> Between {
    match after {
        Some(id) => Between { after: id.into_value(), ..any() },
        None => any(),
    }
}

/// All sessions, those after a token's hash.
pub(crate) fn sessions(after: Option<&TokenHash>) -> Between {
    let after = after.map_or_else(|| String::new().into_value(), |hash| id::hash_digits(hash).into_value());
    // Behind every hexadecimal digit.
    Between { after, until: "g".to_owned().into_value() }
}

/// All passkeys, those after a credential id.
pub(crate) fn passkeys(after: Option<&CredentialId>) -> Between {
    let after = after.map_or_else(|| String::new().into_value(), |id| id::credential_digits(id).into_value());
    Between { after, ..sessions(None) }
}

/// All answers, those after a caller's key.
pub(crate) fn answers(after: Option<(UserId, String)>) -> Between {
    let after = after.map_or_else(
        || vec![Uuid::nil().into_value()].into_value(),
        |(caller, key)| vec![caller.as_uuid().into_value(), key.into_value()].into_value(),
    );
    Between { after, ..any() }
}

/// The entries of `user` from the place `first` to the place `last`, newest first, for a text that reads all of them.
pub(crate) fn entries(user: UserId, first: Seq, last: Seq) -> RecordId {
    use std::ops::Bound::Included;
    let (start, end) = (Included(id::inbox_key(user, last)), Included(id::inbox_key(user, first)));
    RecordId::new(Table::Inbox.name(), RecordIdKeyRange { start, end })
}
