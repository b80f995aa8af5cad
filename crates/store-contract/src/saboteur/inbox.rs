//! What goes wrong with inboxes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::{InboxPage, RoomEvent, RoomEventKind, Seq, Timestamp, UserId};

use super::{Ports, Sabotage, lock};

/// Two kinds of events under one name.
#[derive(Debug, Default)]
pub struct CallsTheExpiredDeleted;

#[async_trait]
impl Sabotage for CallsTheExpiredDeleted {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let mut page = to.inboxes.read(user, since, limit).await?;
        for entry in &mut page.entries {
            if entry.event.kind == RoomEventKind::Expired {
                entry.event = Arc::new(RoomEvent { kind: RoomEventKind::Deleted, ..(*entry.event).clone() });
            }
        }
        Ok(page)
    }
}

/// `>=` where `>` is meant.
#[derive(Debug, Default)]
pub struct ReadsThePlaceAgain;

#[async_trait]
impl Sabotage for ReadsThePlaceAgain {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        to.inboxes.read(user, Seq::new(since.get().saturating_sub(1)), limit).await
    }
}

/// An engine's limit on bound values, met in silence.
#[derive(Debug, Default)]
pub struct BindsAThousandUsers;

#[async_trait]
impl Sabotage for BindsAThousandUsers {
    async fn heads(&self, to: &Ports, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        const BOUND: usize = 1_000;
        to.inboxes.heads(&users[..users.len().min(BOUND)]).await
    }
}

/// A plain `DELETE ... WHERE at < before`: the newest goes too, and a gap is left where the clock stepped back.
#[derive(Debug, Default)]
pub struct ForgetsWhateverIsOld {
    before: Mutex<Option<Timestamp>>,
}

#[async_trait]
impl Sabotage for ForgetsWhateverIsOld {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let mut page = to.inboxes.read(user, since, limit).await?;
        let before = *lock(&self.before);
        page.entries.retain(|entry| Some(entry.event.at) >= before);
        Ok(page)
    }

    async fn forget_entries(&self, to: &Ports, before: Timestamp) -> Result<u64, WriteError> {
        *lock(&self.before) = Some(before);
        to.inboxes.forget(before).await
    }
}

/// How far it forgot is known as long as it runs.
#[derive(Debug, Default)]
pub struct ForgetsWhatItForgot {
    has_forgotten: AtomicBool,
}

#[async_trait]
impl Sabotage for ForgetsWhatItForgot {
    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        let page = to.inboxes.read(user, since, limit).await?;
        let forgotten = if self.has_forgotten.load(Ordering::Relaxed) { page.forgotten } else { Seq::ZERO };
        Ok(InboxPage { forgotten, ..page })
    }

    async fn forget_entries(&self, to: &Ports, before: Timestamp) -> Result<u64, WriteError> {
        self.has_forgotten.store(true, Ordering::Relaxed);
        to.inboxes.forget(before).await
    }
}
