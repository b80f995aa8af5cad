//! Chores that are done again and again beside the requests, and outlive their failures.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The longest pause between two tries of a chore that fails, unless its own period is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often a chore is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rhythm {
    /// The pause before the first time.
    pub(crate) first: Duration,
    /// The pause between two times.
    pub(crate) period: Duration,
}

/// The chores that are being done; they end when it is dropped.
#[derive(Default)]
pub(crate) struct Background {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Background {
    /// Does a chore again and again.
    pub(crate) fn every<T, F, E>(
        &mut self,
        name: &'static str,
        rhythm: Rhythm,
        on: &Arc<T>,
        chore: impl Fn(Arc<T>) -> F + Send + 'static,
    ) where
        T: Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send,
        E: Error + Send + Sync + 'static,
    {
        let (stop, on) = (self.stop.clone(), Arc::clone(on));
        self.tasks.spawn(async move {
            let mut pause = rhythm.first;
            let mut failures: u32 = 0;
            while stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
                match chore(Arc::clone(&on)).await {
                    Ok(()) => failures = 0,
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        let error = &error as &dyn Error;
                        tracing::warn!(chore = name, failures, error, "background chore failed");
                    }
                }
                pause = pause_after(failures, rhythm.period);
            }
        });
    }

    /// Lets the chores that are under way come to their end and starts no more.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

fn pause_after(failures: u32, period: Duration) -> Duration {
    let grown = period.saturating_mul(2_u32.saturating_pow(failures));
    grown.min(LONGEST_PAUSE).max(period)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    const AT_ONCE: Rhythm = Rhythm { first: Duration::ZERO, period: Duration::from_millis(1) };

    #[derive(Default)]
    struct Seen {
        times: AtomicU32,
        signal: Notify,
    }

    #[tokio::test]
    async fn a_chore_that_fails_is_done_again() {
        let seen = Arc::new(Seen::default());
        let mut background = Background::default();
        background.every("test", AT_ONCE, &seen, |seen| async move {
            if seen.times.fetch_add(1, Ordering::SeqCst) == 2 {
                seen.signal.notify_one();
            }
            Err(std::io::Error::other("broken"))
        });
        seen.signal.notified().await;
        background.stop().await;
        assert!(seen.times.load(Ordering::SeqCst) >= 3);
    }

    #[tokio::test]
    async fn stopping_waits_for_a_chore_under_way() {
        let seen = Arc::new(Seen::default());
        let mut background = Background::default();
        background.every("test", AT_ONCE, &seen, |seen| async move {
            seen.signal.notify_one();
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            seen.times.fetch_add(1, Ordering::SeqCst);
            Ok::<(), Infallible>(())
        });
        seen.signal.notified().await;
        background.stop().await;
        assert!(seen.times.load(Ordering::SeqCst) >= 1);
    }

    #[test]
    fn pauses_grow_with_the_failures_and_have_an_end() {
        let second = Duration::from_secs(1);
        assert_eq!(pause_after(0, second), second);
        assert_eq!(pause_after(3, second), second * 8);
        assert_eq!(pause_after(u32::MAX, second), LONGEST_PAUSE);
        assert_eq!(pause_after(5, second * 3600), second * 3600);
    }
}
