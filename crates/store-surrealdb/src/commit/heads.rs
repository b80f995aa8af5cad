//! The heads of inboxes, remembered, so that a commit need not read them.
//!
//! A remembered head may be behind. Nothing depends on it: an entry is inserted at a place that nobody has taken, or the
//! insertion is refused. Only a place that was taken and *forgotten* could be taken again, so each forgetting counts the
//! epoch up, and a commit is refused when the epoch is not the one in which its heads were read. Behind a new connection
//! there may be another database, or an older state of the same one: then nothing remembered holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use parlour_domain::{Seq, UserId};
use surrealdb::types::{RecordId, SurrealValue};

use crate::classify::Unread;
use crate::connect::{Session, ask, value, vars};
use crate::row::{place, range};

const HEADS: &str = "RETURN {
    epoch: (SELECT VALUE n FROM ONLY epoch:inbox),
    newest: $inboxes.map(|$inbox| (SELECT VALUE id FROM ONLY type::record('inbox', $inbox.after>..$inbox.until) LIMIT 1)) }";

/// So many heads are remembered at most; then it starts anew.
const REMEMBERED: usize = 100_000;

/// Heads as they were in one epoch; a user without entries may be missing.
pub(crate) struct Known {
    /// Through which they were read.
    pub(crate) connection: u64,
    pub(crate) epoch: i64,
    pub(crate) heads: HashMap<UserId, Seq>,
}

impl Known {
    /// The place of the next entry of `user`, which is the head from now on.
    pub(crate) fn next(&mut self, user: UserId) -> Seq {
        let head = self.heads.entry(user).or_insert(Seq::ZERO);
        *head = head.next();
        *head
    }
}

/// The heads of `users` that have entries, read at one instant.
pub(crate) async fn read_heads(session: &Session, users: &[UserId]) -> Result<Known, Unread> {
    #[derive(SurrealValue)]
    struct Read {
        epoch: i64,
        newest: Vec<Option<RecordId>>,
    }
    let inboxes: Vec<_> = users.iter().map(|user| range::inbox(*user).value()).collect();
    let connection = session.number().await?;
    let Read { epoch, newest } = value(ask(session, HEADS, vars([("inboxes", inboxes.into_value())])).await?)?;
    let heads = newest.iter().flatten().map(place).collect::<Result<_, _>>()?;
    Ok(Known { connection, epoch, heads })
}

/// What is remembered of heads.
#[derive(Default)]
pub(crate) struct Heads {
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    connection: u64,
    epoch: i64,
    heads: HashMap<UserId, Seq>,
}

impl Heads {
    /// The heads of `users`: remembered, or else read.
    pub(crate) async fn of(&self, session: &Session, users: &[UserId]) -> Result<Known, Unread> {
        if let Some(known) = self.recall(session.number().await?, users) {
            return Ok(known);
        }
        let mut read = read_heads(session, users).await?;
        for user in users {
            read.heads.entry(*user).or_insert(Seq::ZERO);
        }
        self.learn(read.connection, read.epoch, read.heads.iter().map(|(user, head)| (*user, *head)));
        Ok(read)
    }

    /// Of nobody nothing is remembered: whoever finds the epoch behind has no head to forget, and would never read it again.
    fn recall(&self, connection: u64, users: &[UserId]) -> Option<Known> {
        if users.is_empty() {
            return None;
        }
        let remembered = self.lock();
        if remembered.connection != connection {
            return None;
        }
        let head = |user: &UserId| remembered.heads.get(user).map(|head| (*user, *head));
        let heads = users.iter().map(head).collect::<Option<_>>()?;
        Some(Known { connection, epoch: remembered.epoch, heads })
    }

    /// Remembers heads that were read or written in that epoch.
    pub(crate) fn learn(&self, connection: u64, epoch: i64, heads: impl Iterator<Item = (UserId, Seq)>) {
        let mut remembered = self.lock();
        let (age, remembered_age) = ((connection, epoch), (remembered.connection, remembered.epoch));
        if age < remembered_age {
            return;
        }
        if age > remembered_age || remembered.heads.len() > REMEMBERED {
            remembered.heads.clear();
            (remembered.connection, remembered.epoch) = age;
        }
        for (user, head) in heads {
            let newest = remembered.heads.entry(user).or_insert(head);
            *newest = head.max(*newest);
        }
    }

    /// Remembers no longer what turned out to be behind.
    pub(crate) fn forget(&self, users: &[UserId]) {
        let mut remembered = self.lock();
        for user in users {
            remembered.heads.remove(user);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use parlour_store_contract::fixture::user;

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn the_head_of_an_inbox_is_its_first_record_and_nothing_else_is_read() {
        let head = "SELECT VALUE id FROM ONLY type::record('inbox', $inbox.after>..$inbox.until) LIMIT 1";
        assert!(HEADS.contains(head));
        let plan = plan_of(head, vars([("inbox", range::inbox(user().id).value())])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: 1"), "{plan}");
    }
}
