//! Chores that are done again and again beside the requests, and outlive their failures.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use parlour_domain::pause_after;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often a chore is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rhythm {
    /// The pause before the first time.
    pub(crate) first: Duration,
    /// The pause between two times.
    pub(crate) period: Duration,
    /// When it takes longer it is dropped and counts as failed, so that an answer that never comes ends no chore for
    /// ever. What a store was doing then is whole or absent.
    pub(crate) at_most: Duration,
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
            let mut streak = Streak { chore: name, failures: 0 };
            let mut wait = rhythm.first;
            while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
                match tokio::time::timeout(rhythm.at_most, chore(Arc::clone(&on))).await {
                    Ok(Ok(())) => streak.end(),
                    Ok(Err(error)) => streak.go_on(&error),
                    Err(elapsed) => streak.go_on(&elapsed),
                }
                wait = pause(streak.failures, rhythm.period);
            }
        });
    }

    /// Starts no more chores, and drops those that are still under way after `patience`: the next start does them.
    pub(crate) async fn stop(mut self, patience: Duration) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::info!("background chores were broken off");
            self.tasks.shutdown().await;
        }
    }
}

/// How often a chore has failed in a row. An outage is two lines in the log, its begin and its end, however long it is.
struct Streak {
    chore: &'static str,
    failures: u32,
}

impl Streak {
    fn go_on(&mut self, error: &(dyn Error + 'static)) {
        self.failures = self.failures.saturating_add(1);
        let Self { chore, failures } = *self;
        if failures == 1 {
            tracing::warn!(chore, error, "background chore failed; trying again until it succeeds");
        } else {
            tracing::debug!(chore, failures, error, "background chore failed again");
        }
    }

    fn end(&mut self) {
        let failures = std::mem::take(&mut self.failures);
        if failures > 0 {
            tracing::info!(chore = self.chore, failures, "background chore succeeds again");
        }
    }
}

/// A chore that fails is tried again soon, however rarely it is done when it does not.
const fn pause(failures: u32, period: Duration) -> Duration {
    if failures == 0 { period } else { pause_after(failures) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    const AT_ONCE: Rhythm =
        Rhythm { first: Duration::ZERO, period: Duration::from_millis(1), at_most: Duration::from_secs(60) };

    const PATIENCE: Duration = Duration::from_secs(60);

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
        background.stop(PATIENCE).await;
        assert!(seen.times.load(Ordering::SeqCst) >= 3);
    }

    #[tokio::test]
    async fn a_chore_that_never_ends_is_dropped_and_done_again() {
        let seen = Arc::new(Seen::default());
        let mut background = Background::default();
        let rhythm = Rhythm { at_most: Duration::from_millis(5), ..AT_ONCE };
        background.every("test", rhythm, &seen, |seen| async move {
            match seen.times.fetch_add(1, Ordering::SeqCst) {
                0 => std::future::pending().await,
                _ => seen.signal.notify_one(),
            }
            Ok::<(), Infallible>(())
        });
        seen.signal.notified().await;
        background.stop(PATIENCE).await;
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
        background.stop(PATIENCE).await;
        assert!(seen.times.load(Ordering::SeqCst) >= 1);
    }

    #[tokio::test]
    async fn stopping_drops_a_chore_that_goes_on() {
        let seen = Arc::new(Seen::default());
        let mut background = Background::default();
        background.every("test", AT_ONCE, &seen, |seen| async move {
            seen.signal.notify_one();
            std::future::pending::<Result<(), Infallible>>().await
        });
        seen.signal.notified().await;
        background.stop(Duration::from_millis(1)).await;
        assert_eq!(Arc::strong_count(&seen), 1, "nothing of it is left");
    }

    #[test]
    fn pauses_after_a_failure_grow_and_have_an_end_whatever_the_period_is() {
        let second = Duration::from_secs(1);
        assert_eq!(pause(0, second * 3600), second * 3600);
        for period in [second, second * 3600] {
            assert_eq!(pause(1, period), second / 2);
            assert_eq!(pause(3, period), second * 2);
            assert_eq!(pause(u32::MAX, period), second * 5);
        }
    }
}
