//! How far a law has come: what there is to say of it when it does not come to an end by itself.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Violation;
use crate::violation::Must;

tokio::task_local! {
    static TRAIL: Trail;
}

/// Where one law is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail(Arc<Mutex<Place>>);

#[derive(Debug, Clone, Default)]
struct Place {
    must: Option<Must>,
    /// The step that was passed last.
    passed: Option<String>,
    steps: u64,
}

impl Trail {
    /// The one of the law that calls; one of its own where no trail follows.
    pub(crate) fn current() -> Self {
        TRAIL.try_with(Self::clone).unwrap_or_default()
    }

    /// How many steps the law has passed.
    pub(crate) fn steps(&self) -> u64 {
        self.place().steps
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a law so that this trail knows where it is.
    pub(crate) async fn follow<F: Future>(self, law: F) -> F::Output {
        TRAIL.scope(self, law).await
    }

    pub(crate) fn panicked(&self, panic: &(dyn Any + Send)) -> Violation {
        let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        self.broken("an answer", &format!("a panic, in the store or in its harness: {text}"))
    }

    pub(crate) fn hung(&self, limit: Duration) -> Violation {
        self.broken(&format!("an answer within {} s", limit.as_secs()), "none: it was given up")
    }

    fn broken(&self, expected: &str, seen: &str) -> Violation {
        let Place { must, passed, steps: _ } = self.place().clone();
        let must = must.unwrap_or_else(Must::unnamed);
        let when = match passed {
            Some(passed) => format!("the step after this one: {passed}"),
            None => "the first step".to_owned(),
        };
        must.broken(&when, expected, seen)
    }
}

/// A law begins; one that no trail follows leaves none.
pub(crate) fn begin(must: Must) {
    *Trail::current().place() = Place { must: Some(must), passed: None, steps: 0 };
}

/// The store has answered what the law asked in this step.
pub(crate) fn pass(when: &str) {
    let trail = Trail::current();
    let mut place = trail.place();
    place.passed = Some(when.to_owned());
    place.steps += 1;
}
