//! Going on with what fails, for a while.

use std::error::Error;
use std::time::Duration;

use parlour_domain::pause_after;

/// Why a try failed.
pub(super) type Failure = Box<dyn Error + Send + Sync>;

/// Something that may be tried again, and then goes on with what is left of it.
pub(super) trait Work {
    fn go_on(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// How long somebody goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Perseverance {
    /// How often it is tried in all.
    tries: u32,
    /// When one try takes longer it is dropped and counts as failed, so that an answer that never comes holds nothing up
    /// for ever. What a store was doing then is whole or absent.
    at_most: Duration,
    /// After so many failures in a row.
    pause_after: fn(u32) -> Duration,
}

impl Perseverance {
    /// As patient as a chore, but not for ever: with the pauses alone three quarters of a minute.
    pub(super) const OF_A_CHORE: Self = Self { tries: 12, at_most: Duration::from_secs(60), pause_after };

    /// Tries until the work is done, or was tried often enough.
    ///
    /// # Errors
    /// Why the last try failed.
    pub(super) async fn see_through(self, mut work: impl Work) -> Result<(), Failure> {
        let mut failures = 0;
        loop {
            let failure: Failure = match tokio::time::timeout(self.at_most, work.go_on()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failure)) => failure,
                Err(elapsed) => elapsed.into(),
            };
            failures += 1;
            if failures == self.tries {
                return Err(failure);
            }
            tracing::debug!(error = &*failure as &dyn Error, failures, "background work goes on after a pause");
            tokio::time::sleep((self.pause_after)(failures)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const AT_ONCE: Perseverance =
        Perseverance { tries: 4, at_most: Duration::from_secs(60), pause_after: |_| Duration::ZERO };

    /// Work that is done at one of its tries, counted from 1, and before that fails or is never heard of again.
    struct Late<'a> {
        done_at: u32,
        is_silent: bool,
        tries: &'a mut u32,
    }

    impl Work for Late<'_> {
        async fn go_on(&mut self) -> Result<(), Failure> {
            *self.tries += 1;
            if *self.tries == self.done_at {
                return Ok(());
            }
            if self.is_silent { pending().await } else { Err("away".into()) }
        }
    }

    async fn outcome(perseverance: Perseverance, done_at: u32, is_silent: bool) -> (bool, u32) {
        let mut tries = 0;
        let is_done = perseverance.see_through(Late { done_at, is_silent, tries: &mut tries }).await.is_ok();
        (is_done, tries)
    }

    #[tokio::test]
    async fn what_fails_is_tried_again_until_it_is_done_but_not_for_ever() {
        assert_eq!(outcome(AT_ONCE, 1, false).await, (true, 1));
        assert_eq!(outcome(AT_ONCE, 4, false).await, (true, 4));
        assert_eq!(outcome(AT_ONCE, 5, false).await, (false, 4));
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_is_a_failure() {
        let impatient = Perseverance { at_most: Duration::from_millis(1), ..AT_ONCE };
        assert_eq!(outcome(impatient, 3, true).await, (true, 3));
    }

    #[test]
    fn an_outage_of_half_a_minute_is_outlived() {
        let Perseverance { tries, pause_after, .. } = Perseverance::OF_A_CHORE;
        let pauses: Duration = (1..tries).map(pause_after).sum();
        assert!(pauses > Duration::from_secs(30), "{pauses:?}");
    }
}
