//! Waiting for a condition, never for a time.

use std::time::Duration;

use anyhow::Context;

/// Longer than anything honest takes, even on a machine that is busy with something else.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for `something`, with patience.
pub async fn within<T>(what: &str, something: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::time::timeout(PATIENCE, something).await.with_context(|| format!("waited too long for {what}"))
}

/// Asks again until the answer is there, with patience.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(what, asking).await?
}
