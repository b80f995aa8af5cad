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

use super::Retry;
use crate::classify::{Failure, Unread};

/// The engine's own advice; its evaluation is recursive.
const STACK_BYTES: usize = 10 * 1024 * 1024;
const CLOSING_PAUSE: Duration = Duration::from_millis(1);

pub(crate) struct Engine {
    /// `None` once the store is closed. Shared by counting, since a clone of the client is a new session.
    db: Mutex<Option<Arc<Surreal<Db>>>>,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

pub(super) fn start_runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_name("surrealdb").thread_stack_size(STACK_BYTES).build()
}

impl Engine {
    pub(super) fn new(db: Surreal<Db>, runtime: Runtime) -> Self {
        Self { db: Mutex::new(Some(Arc::new(db))), runtime: Some(runtime) }
    }

    /// Does `work` on the engine's runtime, to its end also when the caller is dropped meanwhile.
    pub(crate) async fn run<T, F>(&self, work: impl FnOnce(Arc<Surreal<Db>>) -> F) -> Result<T, Failure>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.db.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Failure::Closed)?;
        let runtime = self.runtime.as_ref().ok_or(Failure::Closed)?;
        runtime.spawn(work(db)).await.map_err(Failure::Lost)
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
        let Some(runtime) = &self.runtime else { return };
        // Dropping the last client makes the engine shut down in a task of its own; it has released everything when no
        // task is left.
        while runtime.metrics().num_alive_tasks() > 0 {
            tokio::time::sleep(CLOSING_PAUSE).await;
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A runtime that is dropped inside another one would wait for its threads, and panics.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
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
