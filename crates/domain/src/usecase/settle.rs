//! Writes whose outcome is unknown.

use crate::port::{AddPasskeyError, RegisterError, Source};

const TRIES: usize = 3;

/// An error that tells what was certainly not written from what perhaps was.
pub(super) trait Uncertain: Sized {
    /// What the engine said when the write was perhaps applied; anything else as it is.
    fn unknown(self) -> Result<Source, Self>;
    /// Whether the engine did not answer, and what it said; anything else as it is.
    fn unavailable(self) -> Result<Source, Self>;
    /// That the write was perhaps applied.
    fn still_unknown(source: Source) -> Self;
}

macro_rules! uncertain {
    ($($error:ident),+) => {$(
        impl Uncertain for $error {
            fn unknown(self) -> Result<Source, Self> {
                if let Self::OutcomeUnknown(source) = self { Ok(source) } else { Err(self) }
            }

            fn unavailable(self) -> Result<Source, Self> {
                if let Self::Unavailable(source) = self { Ok(source) } else { Err(self) }
            }

            fn still_unknown(source: Source) -> Self {
                Self::OutcomeUnknown(source)
            }
        }
    )+};
}

uncertain!(RegisterError, AddPasskeyError);

/// Repeats a write while its outcome is unknown; its port makes that harmless.
pub(super) async fn settle<T, E: Uncertain, F: Future<Output = Result<T, E>> + Send>(
    mut write: impl FnMut() -> F + Send,
) -> Result<T, E> {
    let mut unknown = match write().await {
        Ok(done) => return Ok(done),
        Err(error) => error.unknown()?,
    };
    for _ in 1..TRIES {
        tracing::warn!(error = &*unknown as &dyn std::error::Error, "outcome of a write is unknown; repeating");
        unknown = match write().await {
            Ok(done) => return Ok(done),
            // That a repetition was not applied says nothing of the try before it.
            Err(error) => error.unknown().or_else(Uncertain::unavailable)?,
        };
    }
    Err(E::still_unknown(unknown))
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::super::testing::engine_says;
    use super::*;

    async fn after(answers: Vec<Result<(), RegisterError>>) -> (Result<(), RegisterError>, usize) {
        let mut left = answers.into_iter();
        let settled = settle(|| ready(left.next().unwrap())).await;
        (settled, left.len())
    }

    fn unknown() -> Result<(), RegisterError> {
        Err(RegisterError::OutcomeUnknown(engine_says()))
    }

    #[tokio::test]
    async fn an_unknown_outcome_is_settled_by_writing_the_same_again() {
        assert!(matches!(after(vec![unknown(), Ok(()), Ok(())]).await, (Ok(()), 1)));
        let taken = after(vec![unknown(), Err(RegisterError::UsernameTaken)]).await.0;
        assert!(matches!(taken, Err(RegisterError::UsernameTaken)));
    }

    #[tokio::test]
    async fn an_outcome_stays_unknown_when_nothing_settles_it() {
        let unavailable = || Err(RegisterError::Unavailable(engine_says()));
        for answers in [vec![unknown(), unknown(), unknown()], vec![unknown(), unavailable(), unavailable()]] {
            assert!(matches!(after(answers).await.0, Err(RegisterError::OutcomeUnknown(_))));
        }
        assert!(matches!(after(vec![unavailable()]).await.0, Err(RegisterError::Unavailable(_))));
    }
}
