//! The heads of inboxes, remembered, so that a commit need not read them.
//!
//! A remembered head may be behind. Nothing depends on it: an entry is inserted at a place that nobody has taken, or the
//! insertion is refused. Only a place that was taken and *forgotten* could be taken again, so each forgetting counts the
//! epoch up, and a commit is refused when the epoch is not the one in which its heads were read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use parlour_domain::{Seq, UserId};
use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use surrealdb::types::{RecordId, SurrealValue};

use crate::classify::Unread;
use crate::connect::{ask, value, vars};
use crate::row::place;

const HEADS: &str = "RETURN {
    epoch: (SELECT VALUE n FROM ONLY epoch:inbox),
    newest: $users.map(|$user| (SELECT VALUE id FROM ONLY inbox:[$user, -9223372036854775807]..[$user, 0] LIMIT 1)) }";

/// So many heads are remembered at most; then it starts anew.
const REMEMBERED: usize = 100_000;

/// Heads as they were in one epoch; a user without entries may be missing.
pub(crate) struct Known {
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
pub(crate) async fn read_heads(db: &Surreal<Db>, users: &[UserId]) -> Result<Known, Unread> {
    #[derive(SurrealValue)]
    struct Read {
        epoch: i64,
        newest: Vec<Option<RecordId>>,
    }
    let users: Vec<_> = users.iter().map(|user| user.as_uuid()).collect();
    let Read { epoch, newest } = value(ask(db, HEADS, vars([("users", users.into_value())])).await?)?;
    let heads = newest.iter().flatten().map(place).collect::<Result<_, _>>()?;
    Ok(Known { epoch, heads })
}

/// What is remembered of heads.
#[derive(Default)]
pub(crate) struct Heads {
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    epoch: i64,
    heads: HashMap<UserId, Seq>,
}

impl Heads {
    /// The heads of `users`: remembered, or else read.
    pub(crate) async fn of(&self, db: &Surreal<Db>, users: &[UserId]) -> Result<Known, Unread> {
        if let Some(known) = self.recall(users) {
            return Ok(known);
        }
        let mut read = read_heads(db, users).await?;
        for user in users {
            read.heads.entry(*user).or_insert(Seq::ZERO);
        }
        self.learn(read.epoch, read.heads.iter().map(|(user, head)| (*user, *head)));
        Ok(read)
    }

    fn recall(&self, users: &[UserId]) -> Option<Known> {
        let remembered = self.lock();
        let head = |user: &UserId| remembered.heads.get(user).map(|head| (*user, *head));
        let heads = users.iter().map(head).collect::<Option<_>>()?;
        Some(Known { epoch: remembered.epoch, heads })
    }

    /// Remembers heads that were read or written in that epoch.
    pub(crate) fn learn(&self, epoch: i64, heads: impl Iterator<Item = (UserId, Seq)>) {
        let mut remembered = self.lock();
        if epoch < remembered.epoch {
            return;
        }
        if epoch > remembered.epoch || remembered.heads.len() > REMEMBERED {
            remembered.heads.clear();
            remembered.epoch = epoch;
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
