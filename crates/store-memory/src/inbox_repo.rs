//! The inboxes.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, ReadError, WriteError};
use parlour_domain::{InboxEntry, InboxPage, Seq, Timestamp, UserId};

use crate::connect::MemoryStore;
use crate::schema::Inbox;

#[async_trait]
impl InboxRepo for MemoryStore {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let tables = self.read();
        let Some(inbox) = tables.inboxes.get(&user.as_uuid()) else {
            return Ok(InboxPage { entries: Vec::new(), head: Seq::ZERO, forgotten: Seq::ZERO });
        };
        let after = inbox.entries.range((Bound::Excluded(since.get()), Bound::Unbounded)).zip(0..limit);
        let entries: Result<Vec<InboxEntry>, _> = after.map(|((seq, row), _)| row.parse(user, *seq)).collect();
        Ok(InboxPage { entries: entries?, head: Seq::new(inbox.head), forgotten: Seq::new(inbox.forgotten) })
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        let tables = self.read();
        let each_once: BTreeSet<UserId> = users.iter().copied().collect();
        let head = |user: UserId| Some((user, Seq::new(tables.inboxes.get(&user.as_uuid())?.head)));
        Ok(each_once.into_iter().filter_map(head).collect())
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        Ok(self.write().inboxes.values_mut().map(|inbox| forget_old(inbox, before.as_micros())).sum())
    }
}

/// An old entry behind a younger one stays: what is left has no gap.
fn forget_old(inbox: &mut Inbox, before: i64) -> u64 {
    let mut forgotten = 0;
    while let Some(oldest) = inbox.entries.first_entry() {
        if *oldest.key() == inbox.head || oldest.get().at >= before {
            break;
        }
        inbox.forgotten = *oldest.key();
        oldest.remove();
        forgotten += 1;
    }
    forgotten
}
