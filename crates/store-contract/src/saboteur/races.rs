//! What goes wrong only when several do it at once: a check, and then an act on what was checked.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, InsertUserError, ReadError};
use parlour_domain::{Expected, InboxEntry, InboxPage, RoomCommit, Seq, User, UserId};

use super::{Ports, Sabotage};

/// The gap between the check and the act: long enough for the others to check as well.
pub(super) async fn gap() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

/// Nobody had the name when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksNamesThenInserts;

#[async_trait]
impl Sabotage for ChecksNamesThenInserts {
    async fn insert_user(&self, to: &Ports, user: User) -> Result<(), InsertUserError> {
        let is_free = to.users.find_by_username(&user.username).await.is_ok_and(|holder| holder.is_none());
        gap().await;
        match to.users.insert(user).await {
            Err(InsertUserError::UsernameTaken) if is_free => Ok(()),
            outcome => outcome,
        }
    }
}

/// The pair had no direct room when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksPairsThenCreates;

#[async_trait]
impl Sabotage for ChecksPairsThenCreates {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let is_free = match commit.parts().room.direct_pair() {
            Some(pair) => to.rooms.find_direct(pair).await.is_ok_and(|room| room.is_none()),
            None => false,
        };
        gap().await;
        match to.rooms.commit(commit).await {
            Err(CommitError::Conflict) if is_free => Ok(Committed::Applied(Vec::new())),
            outcome => outcome,
        }
    }
}

/// The key was free when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksKeysThenWrites;

#[async_trait]
impl Sabotage for ChecksKeysThenWrites {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let is_free = match &commit.parts().idempotency {
            Some(record) => to.rooms.find_answer(record.caller, &record.key).await.is_ok_and(|found| found.is_none()),
            None => false,
        };
        gap().await;
        match to.rooms.commit(commit).await {
            Err(CommitError::Conflict) if is_free => Ok(Committed::Applied(Vec::new())),
            outcome => outcome,
        }
    }
}

/// The room was at the expected revision when it was looked up.
#[derive(Debug, Default)]
pub struct ChecksRevisionsThenChanges;

#[async_trait]
impl Sabotage for ChecksRevisionsThenChanges {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let stored = to.rooms.find(commit.parts().room.id()).await.ok().flatten();
        let is_as_expected = stored.is_some_and(|room| commit.parts().expected == Expected::Revision(room.revision()));
        gap().await;
        match to.rooms.commit(commit).await {
            Err(CommitError::Conflict) if is_as_expected => Ok(Committed::Applied(Vec::new())),
            outcome => outcome,
        }
    }
}

/// The next place is read before the transaction begins: two who read it at once write the same one.
#[derive(Debug, Default)]
pub struct CountsThenWrites {
    writing: AtomicUsize,
}

#[async_trait]
impl Sabotage for CountsThenWrites {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        let is_alone = self.writing.fetch_add(1, Ordering::SeqCst) == 0;
        gap().await;
        let outcome = to.rooms.commit(commit).await;
        self.writing.fetch_sub(1, Ordering::SeqCst);
        let as_counted = |entry: InboxEntry| InboxEntry { seq: Seq::new(entry.seq.get() - 1), ..entry };
        match outcome {
            Ok(Committed::Applied(entries)) if !is_alone => {
                Ok(Committed::Applied(entries.into_iter().map(as_counted).collect()))
            }
            outcome => outcome,
        }
    }
}

/// Places are taken before the transaction commits: while others write, an entry can be there before the one that it
/// follows.
#[derive(Debug, Default)]
pub struct ShowsEntriesBeforeTheirPredecessors {
    writing: AtomicUsize,
}

#[async_trait]
impl Sabotage for ShowsEntriesBeforeTheirPredecessors {
    async fn commit(&self, to: &Ports, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.writing.fetch_add(1, Ordering::SeqCst);
        let outcome = to.rooms.commit(commit).await;
        gap().await;
        self.writing.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    async fn read_inbox(&self, to: &Ports, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        gap().await;
        let mut page = to.inboxes.read(user, since, limit).await?;
        if self.writing.load(Ordering::SeqCst) > 0 && page.entries.len() > 1 {
            page.entries.remove(0);
        }
        Ok(page)
    }
}
