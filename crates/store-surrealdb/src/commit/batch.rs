//! Creations that are written together, each of which is answered by itself.

use std::sync::Arc;
use std::time::Instant;

use parlour_domain::port::{CommitError, Committed};
use tokio::sync::oneshot;

use super::{Heads, Plan, is_passing, settle, write};
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, Session};

/// A creation, and who waits for it.
pub(super) struct Creation {
    pub(super) plan: Plan,
    pub(super) since: Instant,
    pub(super) done: oneshot::Sender<Result<Committed, CommitError>>,
}

impl Creation {
    async fn settle(self, session: &Session, heads: &Heads) {
        let settled = settle(session, heads, &self.plan).await;
        self.answer(settled);
    }

    /// Settles one that was written before with an unknown outcome, so that nothing it fails with says that it is not
    /// there.
    async fn settle_again(self, session: &Session, heads: &Heads) {
        let settled = settle(session, heads, &self.plan).await;
        self.answer(settled.map_err(|error| match error {
            CommitError::Unavailable(source) => CommitError::OutcomeUnknown(source),
            other => other,
        }));
    }

    pub(super) fn answer(self, settled: Result<Committed, CommitError>) {
        // The caller may have gone away.
        self.done.send(settled).ok();
    }

    /// It was not sent.
    pub(super) fn refuse(self, why: Failure) {
        self.answer(Err(why.into()));
    }
}

/// Writes creations together if that can be, and answers each.
pub(super) async fn write_batch(session: &Session, heads: &Heads, mut batch: Vec<Creation>) {
    let mut retry = Retry::default();
    while batch.len() > 1 {
        let plans: Vec<&Plan> = batch.iter().map(|creation| &creation.plan).collect();
        let failure = match write(session, heads, &plans, &[]).await {
            Ok(Ok(entries)) => {
                for (creation, entries) in batch.into_iter().zip(entries) {
                    creation.answer(Ok(Committed::Applied(entries)));
                }
                return;
            }
            Ok(Err(failure)) => failure,
            Err(Unread::Failed(failure)) if failure.is_silence() => return refuse_all(batch, failure),
            Err(_) => break,
        };
        let refused = match &failure {
            Failure::Exists(id) => batch.iter().position(|creation| creation.plan.inserts(id)),
            _ => None,
        };
        match refused {
            Some(refused) => batch.remove(refused).settle(session, heads).await,
            None if is_passing(&failure) && retry.pause().await => {}
            None if failure.is_certainly_not_applied() && failure.is_silence() => return refuse_all(batch, failure),
            None if failure.is_certainly_not_applied() => break,
            None => return settle_in_doubt(session, heads, batch, failure).await,
        }
    }
    for creation in batch {
        creation.settle(session, heads).await;
    }
}

/// Answers for creations of which nothing was sent; each by itself would only wait as long again.
fn refuse_all(batch: Vec<Creation>, failure: Failure) {
    let failure = Arc::new(failure);
    for creation in batch {
        creation.answer(Err(CommitError::Unavailable(Box::new(Arc::clone(&failure)))));
    }
}

/// Settles creations that may have been written or not.
async fn settle_in_doubt(session: &Session, heads: &Heads, batch: Vec<Creation>, failure: Failure) {
    if failure.is_silence() {
        // Each by itself would wait as long again.
        let failure = Arc::new(failure);
        for creation in batch {
            creation.answer(Err(CommitError::OutcomeUnknown(Box::new(Arc::clone(&failure)))));
        }
        return;
    }
    for creation in batch {
        creation.settle_again(session, heads).await;
    }
}
