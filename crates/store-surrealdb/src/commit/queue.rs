//! Creations that are asked for at the same time are written together.
//!
//! One transaction for many creations costs the engine far less than one for each, and creations that tell the same
//! people do not run into each other. It is no more than that: the engine refuses whatever would break a rule, and what
//! a batch is refused for is settled alone.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlour_domain::UserId;
use parlour_domain::port::{CommitError, Committed};
use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use tokio::sync::oneshot;

use super::{Heads, Plan, is_passing, settle, write};
use crate::classify::Failure;
use crate::connect::{Engine, Retry};

/// How many batches are written at once: while one waits for the disk, another is computed.
const LANES: usize = 2;
/// So many records are inserted at once, unless one creation has more.
const LARGEST_BATCH: usize = 512;

struct Creation {
    plan: Plan,
    done: oneshot::Sender<Result<Committed, CommitError>>,
}

impl Creation {
    async fn settle(self, db: &Surreal<Db>, heads: &Heads) {
        let settled = settle(db, heads, &self.plan).await;
        // The caller may have gone away.
        self.done.send(settled).ok();
    }
}

/// The creations that wait for a lane.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Creation>,
    lanes: usize,
    /// Whose inboxes the batches under way write to: no two batches run into each other.
    busy: HashSet<UserId>,
}

impl Queue {
    /// Writes a creation, with others if there are any. It is finished also when the caller goes away.
    pub(super) async fn apply(
        self: &Arc<Self>,
        engine: &Engine,
        heads: &Arc<Heads>,
        plan: Plan,
    ) -> Result<Committed, CommitError> {
        let (done, settled) = oneshot::channel();
        if let Some(lane) = self.enter(Creation { plan, done }) {
            let heads = Arc::clone(heads);
            engine.spawn(async move |db| lane.work(&db, &heads).await)?;
        }
        settled.await.unwrap_or_else(|lost| Err(CommitError::OutcomeUnknown(lost.into())))
    }

    /// Adds a creation, and answers a lane that has to be worked when not all of them are.
    fn enter(self: &Arc<Self>, creation: Creation) -> Option<Lane> {
        let mut state = self.lock();
        state.waiting.push(creation);
        if state.lanes == LANES {
            return None;
        }
        state.lanes += 1;
        Some(Lane { queue: Arc::clone(self), recipients: HashSet::new(), is_over: false })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The creations that can be written together now, and whom they tell.
    fn take(&mut self) -> (Vec<Creation>, HashSet<UserId>) {
        let (mut batch, mut size) = (Vec::new(), 0);
        let (mut recipients, mut pairs) = (HashSet::new(), HashSet::new());
        // Nobody overtakes a creation that has to wait, or a large one could wait for ever.
        let mut passed_over: HashSet<UserId> = HashSet::new();
        for creation in std::mem::take(&mut self.waiting) {
            let plan = &creation.plan;
            let fits = batch.is_empty() || size + plan.size() <= LARGEST_BATCH;
            let is_free = plan.recipients().iter().all(|user| !self.busy.contains(user) && !passed_over.contains(user));
            // Of one pair only one can win.
            let is_first = plan.pair().is_none_or(|pair| !pairs.contains(&pair));
            if fits && is_free && is_first {
                size += plan.size();
                recipients.extend(plan.recipients());
                pairs.extend(plan.pair());
                batch.push(creation);
            } else {
                passed_over.extend(plan.recipients());
                self.waiting.push(creation);
            }
        }
        self.busy.extend(&recipients);
        (batch, recipients)
    }
}

/// One of the batches that are written at once.
struct Lane {
    queue: Arc<Queue>,
    /// Whom the batch under way tells.
    recipients: HashSet<UserId>,
    is_over: bool,
}

impl Lane {
    async fn work(mut self, db: &Surreal<Db>, heads: &Heads) {
        while let Some(batch) = self.next() {
            write_batch(db, heads, batch).await;
        }
    }

    /// The next batch; `None` when nothing waits that another lane does not take up.
    fn next(&mut self) -> Option<Vec<Creation>> {
        let mut state = self.queue.lock();
        for user in self.recipients.drain() {
            state.busy.remove(&user);
        }
        let (batch, recipients) = state.take();
        self.recipients = recipients;
        if batch.is_empty() {
            // Before anybody else can enter, or they would count on this lane.
            state.lanes -= 1;
            self.is_over = true;
            return None;
        }
        Some(batch)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        // It panicked, or the store is closed.
        let mut state = self.queue.lock();
        state.lanes -= 1;
        for user in &self.recipients {
            state.busy.remove(user);
        }
        if state.lanes == 0 {
            // Nobody is left who would take these up.
            state.waiting.clear();
        }
    }
}

async fn write_batch(db: &Surreal<Db>, heads: &Heads, mut batch: Vec<Creation>) {
    let mut retry = Retry::default();
    while batch.len() > 1 {
        let plans: Vec<&Plan> = batch.iter().map(|creation| &creation.plan).collect();
        let failure = match write(db, heads, &plans, &[]).await {
            Ok(Ok(entries)) => {
                for (creation, entries) in batch.into_iter().zip(entries) {
                    // The caller may have gone away.
                    creation.done.send(Ok(Committed::Applied(entries))).ok();
                }
                return;
            }
            Ok(Err(failure)) => failure,
            Err(_) => break,
        };
        let refused = match &failure {
            Failure::Exists(id) => batch.iter().position(|creation| creation.plan.inserts(id)),
            _ => None,
        };
        match refused {
            Some(refused) => batch.remove(refused).settle(db, heads).await,
            None if is_passing(&failure) && retry.pause().await => {}
            None => break,
        }
    }
    for creation in batch {
        creation.settle(db, heads).await;
    }
}
