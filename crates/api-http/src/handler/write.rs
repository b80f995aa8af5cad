//! Writes that run to their end.

use tokio::runtime::Handle;
use tracing::Instrument;

use crate::problem::Problem;

/// Runs a write on `runtime` and waits for it. A client that goes away cancels the waiting, not the write: actix-web
/// drops the handler then.
pub(super) async fn to_the_end<T, E>(
    runtime: &Handle,
    write: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let written = runtime.spawn(write.in_current_span()).await;
    written.map_err(Problem::internal)?.map_err(Into::into)
}
