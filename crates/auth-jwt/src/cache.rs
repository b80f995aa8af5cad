//! The keys of a provider, kept between tokens.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use parlour_domain::Timestamp;
use parlour_domain::port::{Clock, Source};

use tokio::task::JoinHandle;

use crate::keys::KeySet;
use crate::source::KeySource;

/// Keys are asked for again after so long; one that the provider has taken back is believed at most twice as long, while
/// the provider answers.
const REFRESHED_EVERY: Duration = Duration::from_secs(5 * 60);

/// The keys of a provider that does not answer are believed for so long.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// How soon a provider is asked again: strangers can make up key ids, and must not make us flood it.
const ASKED_AT_MOST_EVERY: Duration = Duration::from_secs(10);

/// Keeps the keys, and asks for new ones when tokens need them.
pub(crate) struct KeyCache {
    source: KeySource,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    /// One asks the provider at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default, Clone)]
struct State {
    known: Option<(Arc<KeySet>, Timestamp)>,
    asked_at: Option<Timestamp>,
    /// Whether the provider did not answer when it was asked last.
    is_silent: bool,
}

/// There are no keys that may be believed.
#[derive(Debug, thiserror::Error)]
#[error("no keys of the identity provider, or none that are fresh enough")]
pub(crate) struct NoKeys;

impl KeyCache {
    pub(crate) fn new(source: KeySource, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, state: RwLock::default(), asking: tokio::sync::Mutex::default() }
    }

    /// The keys. When they are due they are asked for again, and when that is overdue their answer is waited for, unless
    /// there was none the last time: then every caller would wait again for as long as the keys are believed.
    pub(crate) async fn keys(self: &Arc<Self>) -> Result<Arc<KeySet>, NoKeys> {
        let (state, now) = (self.state(), self.clock.now());
        let is_older_than = |span| state.known.as_ref().is_none_or(|(_, read_at)| is_past(*read_at, span, now));
        let is_worth_waiting = !state.is_silent || is_older_than(KEPT_FOR);
        if is_older_than(REFRESHED_EVERY * 2) && is_worth_waiting {
            self.ask_to_the_end().await;
        } else if is_older_than(REFRESHED_EVERY) {
            drop(self.asking_to_the_end());
        }
        self.believed()
    }

    /// The keys after a token named one that is not among them.
    pub(crate) async fn keys_again(self: &Arc<Self>) -> Result<Arc<KeySet>, NoKeys> {
        self.ask_to_the_end().await;
        self.believed()
    }

    /// Reads the key set now.
    pub(crate) async fn ask(&self) -> Result<Arc<KeySet>, Source> {
        let now = self.clock.now();
        self.write(|state| state.asked_at = Some(now));
        let keys = self.read().await;
        let read_at = self.clock.now();
        self.write(|state| {
            state.is_silent = keys.is_err();
            if let Ok(keys) = &keys {
                state.known = Some((Arc::clone(keys), read_at));
            }
        });
        keys
    }

    async fn read(&self) -> Result<Arc<KeySet>, Source> {
        Ok(Arc::new(KeySet::parse(&self.source.read().await?)?))
    }

    async fn ask_to_the_end(self: &Arc<Self>) {
        if let Err(error) = self.asking_to_the_end().await {
            tracing::error!(%error, "reading of keys broke off");
        }
    }

    /// A task of its own: a stranger who shows a token and goes away must not break off what the others need.
    fn asking_to_the_end(self: &Arc<Self>) -> JoinHandle<()> {
        let cache = Arc::clone(self);
        tokio::spawn(async move { cache.ask_unless_asked_lately().await })
    }

    /// Whoever comes while somebody asks waits for the answer instead of asking.
    async fn ask_unless_asked_lately(&self) {
        let _turn = self.asking.lock().await;
        let now = self.clock.now();
        if self.state().asked_at.is_some_and(|at| !is_past(at, ASKED_AT_MOST_EVERY, now)) {
            return;
        }
        match self.ask().await {
            Ok(keys) if keys.is_empty() => tracing::warn!("identity provider has no key that verifies signatures"),
            Ok(_) => tracing::debug!("keys of the identity provider read"),
            Err(error) => {
                let error = &*error as &dyn std::error::Error;
                tracing::warn!(error, "keys of the identity provider cannot be read; those that are known go on");
            }
        }
    }

    fn believed(&self) -> Result<Arc<KeySet>, NoKeys> {
        let now = self.clock.now();
        let known = self.state().known.filter(|(_, read_at)| !is_past(*read_at, KEPT_FOR, now));
        known.map(|(keys, _)| keys).ok_or(NoKeys)
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Whether `span` has passed since `then`; also when the clock was put back meanwhile, and nobody knows.
fn is_past(then: Timestamp, span: Duration, now: Timestamp) -> bool {
    now < then || then.until(now) >= span
}
