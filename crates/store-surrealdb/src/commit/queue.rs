//! Creations that are asked for at the same time are written together.
//!
//! One transaction for many creations costs the engine far less than one for each, and creations that tell the same
//! people do not run into each other. It is no more than that: the engine refuses whatever would break a rule, and what
//! a batch is refused for is settled alone.
//!
//! Nothing waits without end: a server that does not answer holds a batch up as long as a text may take, and what has
//! waited too long behind it is refused.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use parlour_domain::UserId;
use parlour_domain::port::{CommitError, Committed};
use tokio::sync::oneshot;

use super::batch::{Creation, write_batch};
use super::{Heads, Plan};
use crate::classify::Failure;
use crate::connect::{Engine, Session};

/// How many batches are written at once: while one waits for the disk, another is computed.
const LANES: usize = 2;
/// So many records are inserted at once, unless one creation has more.
const LARGEST_BATCH: usize = 512;
/// So many creations wait at most; a server that has this many to catch up with does not need more.
const MOST_WAITING: usize = 10_000;

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
        engine.expect_open()?;
        self.line_up(engine, heads, plan).await
    }

    async fn line_up(
        self: &Arc<Self>,
        engine: &Engine,
        heads: &Arc<Heads>,
        plan: Plan,
    ) -> Result<Committed, CommitError> {
        let (done, settled) = oneshot::channel();
        if let Some(lane) = self.enter(Creation { plan, since: Instant::now(), done }, engine.bound())? {
            let heads = Arc::clone(heads);
            // A lane that cannot begin answers for whatever no other lane takes up, and this creation may be taken up.
            if let Err(failure) = engine.spawn(async move |session| lane.work(&session, &heads).await) {
                tracing::debug!(error = &failure as &dyn std::error::Error, "creations cannot be taken up");
            }
        }
        settled.await.unwrap_or_else(|lost| Err(CommitError::OutcomeUnknown(lost.into())))
    }

    /// Adds a creation, and answers a lane that has to be worked when not all of them are.
    fn enter(self: &Arc<Self>, creation: Creation, patience: Option<Duration>) -> Result<Option<Lane>, Failure> {
        let mut state = self.lock();
        if state.waiting.len() >= MOST_WAITING {
            return Err(Failure::Crowded);
        }
        state.waiting.push(creation);
        if state.lanes == LANES {
            return Ok(None);
        }
        state.lanes += 1;
        Ok(Some(Lane { queue: Arc::clone(self), patience, recipients: HashSet::new(), is_over: false }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Refuses what has waited longer than `patience`.
    fn refuse_late(&mut self, patience: Duration) {
        for late in self.waiting.extract_if(.., |creation| creation.since.elapsed() > patience) {
            late.refuse(Failure::Crowded);
        }
    }

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
    /// How long a creation may wait, when not for ever.
    patience: Option<Duration>,
    /// Whom the batch under way tells.
    recipients: HashSet<UserId>,
    is_over: bool,
}

impl Lane {
    async fn work(mut self, session: &Session, heads: &Heads) {
        while let Some(batch) = self.next() {
            write_batch(session, heads, batch).await;
        }
    }

    /// The next batch; `None` when nothing waits that another lane does not take up.
    fn next(&mut self) -> Option<Vec<Creation>> {
        let mut state = self.queue.lock();
        for user in self.recipients.drain() {
            state.busy.remove(&user);
        }
        if let Some(patience) = self.patience {
            state.refuse_late(patience);
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
        // It panicked, or the engine is away or closed.
        let mut state = self.queue.lock();
        state.lanes -= 1;
        for user in &self.recipients {
            state.busy.remove(user);
        }
        if state.lanes == 0 {
            // Nobody is left who would take these up.
            for creation in state.waiting.drain(..) {
                creation.refuse(Failure::Closed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use parlour_store_contract::fixture::{self, people};

    use super::*;
    use crate::SurrealStore;

    fn plan() -> Plan {
        let [alice, bob] = people();
        Plan::of(fixture::Creation::direct(&alice, &bob).commit().into_parts(), None)
    }

    /// A store that is closed after a creation found it open; `lanes` are under way.
    async fn closed_meanwhile(lanes: usize) -> (SurrealStore, Vec<Lane>) {
        let store = SurrealStore::connect("surreal-mem:").await.unwrap();
        let under_way = (0..lanes).map(|_| {
            let (done, _) = oneshot::channel();
            store.queue.enter(Creation { plan: plan(), since: Instant::now(), done }, None).unwrap().unwrap()
        });
        let under_way = under_way.collect();
        store.close().await;
        (store, under_way)
    }

    #[tokio::test]
    async fn a_creation_is_not_refused_while_a_lane_under_way_may_take_it_up() {
        let (store, mut lanes) = closed_meanwhile(LANES - 1).await;
        let mut late = pin!(store.queue.line_up(&store.engine, &store.heads, plan()));
        tokio::select! {
            biased;
            settled = &mut late => panic!("it was settled too early: {settled:?}"),
            () = std::future::ready(()) => {}
        }
        for creation in lanes[0].next().unwrap() {
            creation.answer(Ok(Committed::AlreadyApplied));
        }
        assert!(matches!(late.await, Ok(Committed::AlreadyApplied)));
    }

    #[tokio::test]
    async fn a_creation_that_no_lane_takes_up_is_refused() {
        let (store, _) = closed_meanwhile(0).await;
        let refused = store.queue.line_up(&store.engine, &store.heads, plan()).await;
        assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
        assert!(store.queue.lock().waiting.is_empty());
    }
}
