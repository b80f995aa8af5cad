//! The embedded engine on its own runtime.

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use parlour_domain::port::WriteError;
use surrealdb::engine::local::Db;
use surrealdb::types::{SurrealValue, Value, Variables};
use surrealdb::{IndexedResults, Surreal};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::Retry;
use crate::classify::{Failure, Unread};

/// The engine's own advice; its evaluation is recursive.
const STACK_BYTES: usize = 10 * 1024 * 1024;
const CLOSING_PAUSE: Duration = Duration::from_millis(1);

pub(crate) struct Engine {
    /// `None` once the store is closed. Shared by counting, since a clone of the client is a new session.
    db: Mutex<Option<Arc<Surreal<Db>>>>,
    runtime: OwnRuntime,
}

/// A runtime that may be dropped inside another one, also by whoever gives up opening a store: a plain one would wait
/// for its threads there, and panics.
pub(super) struct OwnRuntime {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl OwnRuntime {
    pub(super) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.enable_all().thread_name("surrealdb").thread_stack_size(STACK_BYTES).build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    pub(super) fn spawn<F>(&self, work: F) -> Result<JoinHandle<F::Output>, Failure>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.runtime.as_ref().map(|runtime| runtime.spawn(work)).ok_or(Failure::Closed)
    }

    fn live_tasks(&self) -> usize {
        self.runtime.as_ref().map_or(0, |runtime| runtime.metrics().num_alive_tasks())
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Engine {
    pub(super) fn new(db: Surreal<Db>, runtime: OwnRuntime) -> Self {
        Self { db: Mutex::new(Some(Arc::new(db))), runtime }
    }

    /// Does `work` on the engine's runtime, to its end also when the caller is dropped meanwhile.
    pub(crate) async fn run<T, F>(&self, work: impl FnOnce(Arc<Surreal<Db>>) -> F) -> Result<T, Failure>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.spawn(work)?.await.map_err(Failure::Lost)
    }

    /// Begins `work` on the engine's runtime.
    pub(crate) fn spawn<T, F>(&self, work: impl FnOnce(Arc<Surreal<Db>>) -> F) -> Result<JoinHandle<T>, Failure>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.db.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Failure::Closed)?;
        self.runtime.spawn(work(db))
    }

    /// Runs a text of one statement for its value.
    pub(crate) async fn read<T>(&self, text: &'static str, vars: Variables) -> Result<T, Unread>
    where
        T: SurrealValue + Send + 'static,
    {
        self.run(async move |db| value(ask(&db, text, vars).await?)).await?
    }

    /// Runs a text whose answer does not matter.
    pub(crate) async fn write(&self, text: &'static str, vars: Variables) -> Result<(), Failure> {
        self.run(async move |db| ask(&db, text, vars).await.map(drop)).await?
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
        let db = self.db.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(db);
        // Dropping the last client makes the engine shut down in a task of its own; it has released everything when no
        // task is left.
        while self.runtime.live_tasks() > 0 {
            tokio::time::sleep(CLOSING_PAUSE).await;
        }
    }
}

/// Asks the engine one text. Its first error counts, since a text is one statement or one transaction.
pub(crate) async fn ask(
    db: &Surreal<Db>,
    text: impl Into<Cow<'static, str>>,
    vars: Variables,
) -> Result<IndexedResults, Failure> {
    let mut answer = db.query(text.into()).bind(vars).await?;
    match Failure::of_statements(answer.take_errors()) {
        Some(failure) => Err(failure),
        None => Ok(answer),
    }
}

/// The value of the only statement of a text.
pub(crate) fn value<T: SurrealValue>(mut answer: IndexedResults) -> Result<T, Unread> {
    let value: Value = answer.take(0).map_err(Unread::corrupt)?;
    T::from_value(value).map_err(Unread::corrupt)
}

pub(crate) fn vars<const N: usize>(values: [(&str, Value); N]) -> Variables {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
