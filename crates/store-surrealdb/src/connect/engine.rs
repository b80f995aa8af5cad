//! The engine of a store, which lives on a runtime of its own.

use std::sync::Arc;
use std::time::Duration;

use parlour_domain::port::WriteError;
use surrealdb::types::{SurrealValue, Variables};
use tokio::task::JoinHandle;

use super::link::{Link, PULSE, value, vars};
use super::place::Place;
use super::runtime::OwnRuntime;
use super::session::{Session, ask};
use super::switch::Switch;
use super::{Retry, switch};
use crate::classify::{Failure, Unread};

const CLOSING_PAUSE: Duration = Duration::from_millis(1);
/// Whoever asks whether the engine is there wants to know soon; one that takes longer is as good as away.
const PING_WITHIN: Duration = Duration::from_secs(2);

pub(crate) struct Engine {
    switch: Arc<Switch>,
    runtime: OwnRuntime,
}

impl Engine {
    /// The engine at `place`, to which the connection is kept up on `runtime`.
    pub(super) fn start(link: Link, place: Place, runtime: OwnRuntime) -> Result<Self, Failure> {
        let next = link.number + 1;
        let switch = Arc::new(Switch::new(link));
        if place.can_be_opened_again() {
            runtime.spawn(switch::keep(Arc::clone(&switch), place, next))?;
        }
        Ok(Self { switch, runtime })
    }

    /// Does `work` on the engine's runtime, to its end also when the caller is dropped meanwhile.
    pub(crate) async fn run<T, F>(&self, work: impl FnOnce(Session) -> F) -> Result<T, Failure>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.spawn(work)?.await.map_err(Failure::Lost)
    }

    /// Begins `work` on the engine's runtime, unless the engine is known to be away.
    pub(crate) fn spawn<T, F>(&self, work: impl FnOnce(Session) -> F) -> Result<JoinHandle<T>, Failure>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let session = Session::new(Arc::clone(&self.switch), self.switch.now()?);
        self.runtime.spawn(work(session))
    }

    /// Fails when nothing that is begun now can succeed.
    pub(crate) fn expect_open(&self) -> Result<(), Failure> {
        self.switch.now().map(drop)
    }

    /// How long a text may take, when it may not take for ever.
    pub(crate) fn bound(&self) -> Option<Duration> {
        self.switch.bound()
    }

    /// Runs a text of one statement for its value.
    pub(crate) async fn read<T>(&self, text: &'static str, vars: Variables) -> Result<T, Unread>
    where
        T: SurrealValue + Send + 'static,
    {
        self.run(async move |session| value(ask(&session, text, vars).await?)).await?
    }

    /// Runs a text whose answer does not matter.
    pub(crate) async fn write(&self, text: &'static str, vars: Variables) -> Result<(), Failure> {
        self.run(async move |session| ask(&session, text, vars).await.map(drop)).await?
    }

    /// How many texts were asked by now.
    #[cfg(test)]
    pub(crate) fn questions(&self) -> usize {
        self.switch.questions.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Asks whether the engine is there, and the data in it.
    pub(crate) async fn ping(&self) -> Result<(), Failure> {
        self.run(async move |session| session.ask_within(PING_WITHIN, PULSE, vars([])).await.map(drop)).await?
    }

    /// Runs a text that removes records, again when another transaction was faster, and answers how many they were.
    pub(crate) async fn count(&self, text: &'static str, vars: &Variables) -> Result<u64, WriteError> {
        let mut retry = Retry::default();
        loop {
            match self.read(text, vars.clone()).await {
                Ok(removed) => return Ok(removed),
                Err(Unread::Failed(Failure::Conflict)) if retry.pause().await => {}
                Err(Unread::Failed(failure)) => return Err(failure.into()),
                Err(Unread::Corrupt(source)) => return Err(WriteError::OutcomeUnknown(source)),
            }
        }
    }

    /// Runs a text that removes a bounded number of records until it finds none.
    pub(crate) async fn count_all(&self, text: &'static str, vars: &Variables) -> Result<u64, WriteError> {
        let mut all = 0;
        loop {
            match self.count(text, vars).await? {
                0 => return Ok(all),
                removed => all += removed,
            }
        }
    }

    pub(super) async fn close(&self) {
        self.switch.close();
        // Dropping the last client makes an embedded engine shut down in a task of its own; it has released everything
        // when no task is left.
        while self.runtime.live_tasks() > 0 {
            tokio::time::sleep(CLOSING_PAUSE).await;
        }
    }
}
