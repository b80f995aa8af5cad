//! Writes that run to their end.

use std::error::Error;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::problem::Problem;

/// Runs a write on `runtime` and waits for it. A client that goes away, or a request that has waited long enough,
/// cancels the waiting and not the write, which then tells the log how it ended.
pub(super) async fn to_the_end<T, E>(
    runtime: &Handle,
    write: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Error + Into<Problem> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let writing = async move {
        if let Err(unheard) = tell.send(write.await) {
            log_unheard(unheard.as_ref().err());
        }
    };
    let task = runtime.spawn(writing.in_current_span());
    match told.await {
        Ok(outcome) => outcome.map_err(Into::into),
        // It panicked, or the runtime is at its end.
        Err(untold) => Err(task.await.err().map_or_else(|| Problem::internal(untold), Problem::internal)),
    }
}

fn log_unheard<E: Error + 'static>(failure: Option<&E>) {
    match failure {
        None => tracing::info!("write succeeded after its request had ended"),
        Some(error) => tracing::warn!(error = error as &dyn Error, "write failed after its request had ended"),
    }
}
