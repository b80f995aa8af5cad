//! What an operation answers, in a form in which two stores can be compared.

use std::error::Error;
use std::fmt::{self, Debug};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use parlour_domain::port::Committed;
use parlour_domain::{Passkey, Session};

use crate::stage::{Moment, Ports, Stage};

/// What was answered, and whom that told.
///
/// Values are compared as `Debug` prints them, which for the types of the domain is every field; what `Debug` hides is
/// spelled out by whoever makes the answer. Errors are compared by their own text: it is one per variant, with the
/// business values in it and without a word of the engine.
#[derive(Clone)]
pub(crate) struct Answer {
    said: String,
    told: String,
    /// What the engine said, which is no part of the comparison.
    cause: String,
}

impl Answer {
    pub(crate) fn of(value: &impl Debug) -> Self {
        Self { said: format!("{value:?}"), told: String::new(), cause: String::new() }
    }

    pub(crate) fn from<T: Debug, E: Error + 'static>(outcome: Result<T, E>) -> Self {
        match outcome {
            Ok(value) => Self::of(&value),
            Err(error) => Self::refused(&error),
        }
    }

    pub(crate) fn refused(error: &(dyn Error + 'static)) -> Self {
        let causes = std::iter::successors(error.source(), |&error| error.source());
        let cause = causes.map(|cause| format!(" ({cause})")).collect();
        Self { said: format!("refused: {error}"), told: String::new(), cause }
    }

    /// The operation makes no sense here, as when it needs a room and there is none.
    pub(crate) fn nothing() -> Self {
        Self::of(&"nothing to do")
    }

    /// Sessions with the hashes that `Debug` hides.
    pub(crate) fn sessions<E: Error + 'static>(outcome: Result<Vec<Session>, E>) -> Self {
        Self::from(outcome.map(|sessions| {
            let with_hash = |session: Session| (hex(session.token_hash.as_bytes()), session);
            sessions.into_iter().map(with_hash).collect::<Vec<_>>()
        }))
    }

    /// Passkeys with the handles that `Debug` hides.
    pub(crate) fn passkeys<E: Error + 'static>(outcome: Result<Vec<Passkey>, E>) -> Self {
        Self::from(outcome.map(|passkeys| {
            let with_handle = |passkey: Passkey| (hex(passkey.user_handle.as_bytes()), passkey);
            passkeys.into_iter().map(with_handle).collect::<Vec<_>>()
        }))
    }

    /// The entries of a commit may come in any order across users.
    pub(crate) fn committed<E: Error + 'static>(outcome: Result<Committed, E>) -> Self {
        Self::from(outcome.map(|committed| match committed {
            Committed::Applied(mut entries) => {
                entries.sort_by_key(|entry| (entry.recipient, entry.seq));
                Committed::Applied(entries)
            }
            Committed::AlreadyApplied => Committed::AlreadyApplied,
        }))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        (&self.said, &self.told) == (&other.said, &other.told)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { said, told, cause } = self;
        write!(out, "{said}{cause}")?;
        if told.is_empty() { Ok(()) } else { write!(out, ", telling {told}") }
    }
}

type Act = dyn Fn(Arc<Stage>) -> BoxFuture<'static, Answer> + Send + Sync;

/// An operation with everything that was open about it decided: the same for the model and for the store under test.
#[derive(Clone)]
pub(crate) struct Call {
    moment: Moment,
    /// See [`Stage`].
    ids_anew: bool,
    act: Arc<Act>,
}

impl Call {
    pub(crate) fn new<F>(moment: Moment, act: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self { moment, ids_anew: true, act: Arc::new(move |stage| Box::pin(act(stage))) }
    }

    pub(crate) fn nothing(moment: Moment) -> Self {
        Self::new(moment, |_| async { Answer::nothing() })
    }

    /// For a use case that makes several decisions, each with ids of its own.
    pub(crate) fn with_many_ids(self) -> Self {
        Self { ids_anew: false, ..self }
    }

    pub(crate) async fn perform(&self, ports: &Ports) -> Answer {
        let stage = Stage::new(ports, self.moment, self.ids_anew);
        let mut answer = (self.act)(Arc::clone(&stage)).await;
        let told = stage.told();
        if !told.is_empty() {
            answer.told = format!("{told:?}");
        }
        answer
    }
}
