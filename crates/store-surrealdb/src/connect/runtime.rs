//! A runtime that may be dropped inside another one.

use std::io;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::classify::Failure;

/// The engine's own advice; its evaluation is recursive.
const STACK_BYTES: usize = 10 * 1024 * 1024;

/// A runtime that may be dropped inside another one, also by whoever gives up opening a store: a plain one would wait
/// for its threads there, and panics. What still runs on it then ends.
pub(crate) struct OwnRuntime {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl OwnRuntime {
    /// For an embedded engine, or for what asks a server.
    pub(crate) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.enable_all().thread_name("surrealdb").thread_stack_size(STACK_BYTES).build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    /// For one connection to a server, which is all that lives on it.
    pub(super) fn start_small() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.enable_all().worker_threads(1).thread_name("surrealdb-link").build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    pub(crate) fn spawn<F>(&self, work: F) -> Result<JoinHandle<F::Output>, Failure>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.runtime.as_ref().map(|runtime| runtime.spawn(work)).ok_or(Failure::Closed)
    }

    pub(crate) fn live_tasks(&self) -> usize {
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
