//! The inboxes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, ReadError, Source, WriteError};
use parlour_domain::{InboxEntry, InboxPage, Seq, Timestamp, UserId};
use uuid::Uuid;

use crate::classify::{CorruptRow, Flaw};
use crate::connect::JsonStore;
use crate::row::EventRow;
use crate::schema::{Document, Inbox};

#[async_trait]
impl InboxRepo for JsonStore {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        self.read(|document| {
            let Some(inbox) = document.inboxes.get(&user.as_uuid()) else {
                return Ok(InboxPage { entries: Vec::new(), head: Seq::ZERO, forgotten: Seq::ZERO });
            };
            let after = inbox.entries.range((Bound::Excluded(since.get()), Bound::Unbounded)).zip(0..limit);
            let entries: Result<_, CorruptRow> = after.map(|(place, _)| entry(document, user, place)).collect();
            Ok(InboxPage { entries: entries?, head: Seq::new(inbox.head), forgotten: Seq::new(inbox.forgotten) })
        })
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        self.read(|document| {
            let head = |user: &UserId| Some((*user, Seq::new(document.inboxes.get(&user.as_uuid())?.head)));
            Ok(users.iter().filter_map(head).collect())
        })
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        self.write(|document| {
            let Document { inboxes, events, .. } = document;
            let count = inboxes.values_mut().map(|inbox| forget_old(inbox, events, before.as_micros())).sum();
            let kept: BTreeSet<Uuid> = inboxes.values().flat_map(|inbox| inbox.entries.values().copied()).collect();
            events.retain(|id, _| kept.contains(id));
            Ok(count)
        })
    }
}

pub(crate) fn entry(document: &Document, user: UserId, (seq, event): (&u64, &Uuid)) -> Result<InboxEntry, CorruptRow> {
    let missing =
        || CorruptRow { table: "inbox entry of", id: user.as_uuid(), cause: Source::from(Flaw::NoEvent(*event)) };
    document.events.get(event).ok_or_else(missing)?.parse(user, *seq)
}

/// From the old end only, and never the newest: what is left has no gap.
fn forget_old(inbox: &mut Inbox, events: &BTreeMap<Uuid, EventRow>, before: i64) -> u64 {
    let mut count = 0;
    while let Some(oldest) = inbox.entries.first_entry() {
        let is_old = events.get(oldest.get()).is_some_and(|event| event.at < before);
        if *oldest.key() == inbox.head || !is_old {
            break;
        }
        inbox.forgotten = oldest.remove_entry().0;
        count += 1;
    }
    count
}
