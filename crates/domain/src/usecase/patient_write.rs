//! Writes that have one effect however often they are made.

use crate::port::WriteError;

const TRIES: usize = 3;

/// Repeats an idempotent write while its outcome is unknown.
pub(super) async fn knowing_the_outcome<T, F>(write: impl Fn() -> F) -> Result<T, WriteError>
where
    F: Future<Output = Result<T, WriteError>>,
{
    let mut unknown = match write().await {
        Err(WriteError::OutcomeUnknown(source)) => source,
        known => return known,
    };
    for _ in 1..TRIES {
        tracing::warn!(error = &*unknown as &dyn std::error::Error, "outcome of a write is unknown; repeating");
        unknown = match write().await {
            // That a repetition was not applied says nothing of the try before it.
            Err(WriteError::OutcomeUnknown(source) | WriteError::Unavailable(source)) => source,
            known => return known,
        };
    }
    Err(WriteError::OutcomeUnknown(unknown))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::testing::engine_says;
    use super::*;

    /// What comes of writes that end like this, one after the other, and how many were made.
    async fn outcome(ends: &[fn() -> Result<u8, WriteError>]) -> (Result<u8, WriteError>, usize) {
        let made = AtomicUsize::new(0);
        let write = || {
            let end = ends[made.fetch_add(1, Ordering::Relaxed)];
            async move { end() }
        };
        let outcome = knowing_the_outcome(write).await;
        (outcome, made.into_inner())
    }

    fn unknown() -> Result<u8, WriteError> {
        Err(WriteError::OutcomeUnknown(engine_says()))
    }

    fn unavailable() -> Result<u8, WriteError> {
        Err(WriteError::Unavailable(engine_says()))
    }

    #[tokio::test]
    async fn an_unknown_outcome_is_settled_by_writing_again() {
        assert!(matches!(outcome(&[unknown, || Ok(7)]).await, (Ok(7), 2)));
    }

    #[tokio::test]
    async fn what_is_known_is_passed_on() {
        assert!(matches!(outcome(&[|| Ok(7)]).await, (Ok(7), 1)));
        assert!(matches!(outcome(&[unavailable]).await, (Err(WriteError::Unavailable(_)), 1)));
    }

    #[tokio::test]
    async fn an_outcome_stays_unknown_when_the_store_is_gone_afterwards() {
        assert!(matches!(outcome(&[unknown, unknown, unknown]).await, (Err(WriteError::OutcomeUnknown(_)), TRIES)));
        let gone = [unknown, unavailable, unavailable];
        assert!(matches!(outcome(&gone).await, (Err(WriteError::OutcomeUnknown(_)), TRIES)));
    }
}
