//! What waits for one socket: bounded, and never waited for by whoever fills it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlour_domain::{Caller, Seq};
use tokio::sync::Notify;

use crate::farewell::Farewell;
use crate::frame::Delivery;

/// What a mailbox tells its socket.
#[derive(Debug)]
pub(crate) enum Hint {
    /// This event was written.
    Event(Arc<Delivery>),
    /// Something was written that is not here; the inbox tells what.
    Behind,
}

/// Filled by the hub, emptied by the one task of its socket.
#[derive(Debug)]
pub(crate) struct Mailbox {
    caller: Caller,
    capacity: usize,
    state: Mutex<State>,
    /// The newest place that the socket was sent, or that it began after.
    sent: AtomicU64,
    filled: Notify,
    closed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Arc<Delivery>>,
    is_behind: bool,
    farewell: Option<Farewell>,
}

impl Mailbox {
    pub(crate) fn new(caller: Caller, capacity: usize) -> Self {
        Self {
            caller,
            capacity,
            state: Mutex::default(),
            sent: AtomicU64::new(0),
            filled: Notify::new(),
            closed: Notify::new(),
        }
    }

    pub(crate) const fn caller(&self) -> Caller {
        self.caller
    }

    pub(crate) fn sent(&self) -> Seq {
        Seq::new(self.sent.load(Ordering::Relaxed))
    }

    pub(crate) fn set_sent(&self, seq: Seq) {
        self.sent.store(seq.get(), Ordering::Relaxed);
    }

    /// Queues an event; when the queue is full it is emptied instead, since the inbox has all of it.
    pub(crate) fn deliver(&self, delivery: &Arc<Delivery>) {
        {
            let mut state = self.state();
            if state.queue.len() < self.capacity && !state.is_behind {
                state.queue.push_back(Arc::clone(delivery));
            } else {
                state.fall_behind();
            }
        }
        self.filled.notify_one();
    }

    /// Makes the socket read its inbox.
    pub(crate) fn wake(&self) {
        self.state().fall_behind();
        self.filled.notify_one();
    }

    /// Ends the socket; the first farewell is the one that counts.
    pub(crate) fn close(&self, farewell: Farewell) {
        self.state().farewell.get_or_insert(farewell);
        self.closed.notify_one();
    }

    /// Waits for a hint and takes it. Dropping the future loses nothing.
    pub(crate) async fn next(&self) -> Hint {
        loop {
            if let Some(hint) = self.state().take() {
                return hint;
            }
            self.filled.notified().await;
        }
    }

    /// Waits until something is put in, without taking it.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Waits until the socket is to end.
    pub(crate) async fn closed(&self) -> Farewell {
        loop {
            if let Some(farewell) = self.state().farewell.clone() {
                return farewell;
            }
            self.closed.notified().await;
        }
    }

    #[cfg(test)]
    pub(crate) fn is_closed(&self) -> bool {
        self.state().farewell.is_some()
    }

    #[cfg(test)]
    pub(crate) fn is_behind(&self) -> bool {
        self.state().is_behind
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fall_behind(&mut self) {
        self.queue = VecDeque::new();
        self.is_behind = true;
    }

    fn take(&mut self) -> Option<Hint> {
        if std::mem::take(&mut self.is_behind) {
            return Some(Hint::Behind);
        }
        self.queue.pop_front().map(Hint::Event)
    }
}
