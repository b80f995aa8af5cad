//! How long a request waits for the stores, in all.

use std::time::{Duration, Instant};

use crate::problem::Problem;

/// What a request has left of its patience with the stores. Only waiting for them counts, not the time that a client
/// takes to send its body; and all of a request's waits count together, so none has to be short for the whole to be.
#[derive(Debug)]
pub(crate) struct Patience {
    left: Duration,
}

impl Patience {
    pub(crate) const fn of(whole: Duration) -> Self {
        Self { left: whole }
    }

    /// Waits for the stores to do something. When the patience is at its end the waiting is dropped, which ends a
    /// reading; a write has to run on by itself.
    ///
    /// # Errors
    /// What became of it, and 503 when that is not known in time.
    pub(crate) async fn wait<T, E: Into<Problem>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Problem> {
        let began = Instant::now();
        let outcome = tokio::time::timeout(self.left, work).await;
        self.left = self.left.saturating_sub(began.elapsed());
        match outcome {
            Ok(done) => done.map_err(Into::into),
            Err(_) => Err(Problem::unavailable("stores did not answer in time")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[actix_web::test]
    async fn what_was_waited_is_taken_off() {
        let mut patience = Patience::of(SHORT);
        let silent = patience.wait(pending::<Result<(), Problem>>()).await;
        assert_eq!(silent.unwrap_err().cause().unwrap().to_string(), "stores did not answer in time");
        assert_eq!(patience.left, Duration::ZERO);
        assert!(patience.wait(pending::<Result<(), Problem>>()).await.is_err());
    }

    #[actix_web::test]
    async fn an_answer_in_time_is_passed_on() {
        let mut patience = Patience::of(Duration::from_secs(3600));
        assert_eq!(patience.wait(async { Ok::<_, Problem>(7) }).await.unwrap(), 7);
        assert!(patience.wait(async { Err::<(), _>(Problem::room_not_found()) }).await.is_err());
    }
}
