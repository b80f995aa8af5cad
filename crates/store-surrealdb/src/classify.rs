//! What the engine says, as what it means to the caller of a port.

use std::collections::HashMap;
use std::time::Duration;

use parlour_domain::port::{CommitError, ReadError, Source, WriteError};
use surrealdb::types::{AlreadyExistsError, AuthError, ErrorDetails, NotAllowedError, QueryError};
use tokio::task::JoinError;

use crate::row::Table;

/// What a write says when the room is not at the revision that it expects.
pub(crate) const OTHER_REVISION: &str = "room is at another revision";
/// What a write says when entries were forgotten after the heads that it builds on were read.
pub(crate) const STALE_HEADS: &str = "heads are stale";
/// What a write says when the database is not the one that was set up.
pub(crate) const NO_SCHEMA: &str = "schema is missing";

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A record of that id exists; nothing was written.
    #[error("record {0} exists")]
    Exists(String),
    /// Another transaction wrote the same record first; nothing was written.
    #[error("transaction conflicts with another")]
    Conflict,
    /// [`OTHER_REVISION`]; nothing was written.
    #[error("{}", OTHER_REVISION)]
    OtherRevision,
    /// [`STALE_HEADS`]; nothing was written.
    #[error("{}", STALE_HEADS)]
    StaleHeads,
    /// [`NO_SCHEMA`]; nothing was written.
    #[error("{}", NO_SCHEMA)]
    NoSchema,
    /// The query was refused before it ran.
    #[error("engine refused the query")]
    Refused(#[source] surrealdb::Error),
    /// The session on the server does not last any longer; the query did not run.
    #[error("session on the server has expired")]
    Expired,
    /// What the query is about, or the session that it is asked in, is not there; nothing was written.
    #[error("engine does not find what the query is about")]
    Missing(#[source] surrealdb::Error),
    /// There is no connection to the server, so the query was not sent.
    #[error("database is away: {0}")]
    Away(String),
    /// It waited too long for its turn, so it was not sent.
    #[error("too much waits to be written")]
    Crowded,
    /// The store was closed before the query ran.
    #[error("store is closed")]
    Closed,
    /// The connection ended before there was an answer.
    #[error("connection to the database is lost")]
    Disconnected(#[source] surrealdb::Error),
    /// There was no answer in time.
    #[error("database did not answer within {0:?}")]
    TimedOut(Duration),
    /// It was written, and may be gone after a crash unless the engine is closed before.
    #[error("engine does not keep what it has written")]
    Unsafe,
    /// Whatever else the engine says. A failed sync is among it, after which the write may be there or not.
    #[error("engine failed")]
    Engine(#[source] surrealdb::Error),
    /// The task that asked the engine ended before it got an answer.
    #[error("task on the engine's runtime was lost")]
    Lost(#[source] JoinError),
}

impl From<surrealdb::Error> for Failure {
    fn from(error: surrealdb::Error) -> Self {
        match error.details() {
            ErrorDetails::AlreadyExists(Some(AlreadyExistsError::Record { id })) => Self::Exists(id.clone()),
            ErrorDetails::Query(Some(QueryError::TransactionConflict)) => Self::Conflict,
            ErrorDetails::Thrown if error.message().ends_with(OTHER_REVISION) => Self::OtherRevision,
            ErrorDetails::Thrown if error.message().ends_with(STALE_HEADS) => Self::StaleHeads,
            ErrorDetails::Thrown if error.message().ends_with(NO_SCHEMA) => Self::NoSchema,
            ErrorDetails::NotAllowed(Some(NotAllowedError::Auth(
                AuthError::SessionExpired | AuthError::TokenExpired,
            ))) => Self::Expired,
            ErrorDetails::Validation(_) | ErrorDetails::NotAllowed(_) => Self::Refused(error),
            ErrorDetails::NotFound(_) => Self::Missing(error),
            ErrorDetails::Connection(_) => Self::Disconnected(error),
            _ => Self::Engine(error),
        }
    }
}

impl Failure {
    /// The cause among the errors of a text's statements: those that were not executed only follow from it.
    pub(crate) fn of_statements(errors: HashMap<usize, surrealdb::Error>) -> Option<Self> {
        let follows =
            |error: &surrealdb::Error| matches!(error.details(), ErrorDetails::Query(Some(QueryError::NotExecuted)));
        let mut errors: Vec<(usize, surrealdb::Error)> = errors.into_iter().collect();
        errors.sort_by_key(|(statement, error)| (follows(error), *statement));
        errors.into_iter().next().map(|(_, error)| error.into())
    }

    /// The table whose record stands in the way.
    pub(crate) fn existing(&self) -> Option<Table> {
        let Self::Exists(id) = self else { return None };
        let (table, _) = id.split_once(':')?;
        Table::ALL.into_iter().find(|known| known.name() == table)
    }

    /// Whether the connection that it came through cannot be used any more.
    pub(crate) const fn ends_the_connection(&self) -> bool {
        matches!(self, Self::Expired | Self::NoSchema | Self::Missing(_) | Self::Disconnected(_))
    }

    /// Whether the connection that it came through may be of no use any more.
    pub(crate) const fn leaves_doubt(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::Refused(_) | Self::Engine(_))
    }

    /// Whether the engine is away as far as anybody knows, so that asking at once again is of no use.
    pub(crate) const fn is_silence(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::Disconnected(_) | Self::Away(_) | Self::Closed)
    }

    pub(crate) const fn is_certainly_not_applied(&self) -> bool {
        match self {
            Self::Exists(_)
            | Self::Conflict
            | Self::OtherRevision
            | Self::StaleHeads
            | Self::NoSchema
            | Self::Refused(_)
            | Self::Expired
            | Self::Missing(_)
            | Self::Away(_)
            | Self::Crowded
            | Self::Closed => true,
            Self::Disconnected(_) | Self::TimedOut(_) | Self::Unsafe | Self::Engine(_) | Self::Lost(_) => false,
        }
    }
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        if failure.is_certainly_not_applied() {
            Self::Unavailable(failure.into())
        } else {
            Self::OutcomeUnknown(failure.into())
        }
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Exists(_) | Failure::Conflict | Failure::OtherRevision | Failure::StaleHeads => Self::Conflict,
            other => match other.into() {
                WriteError::Unavailable(source) => Self::Unavailable(source),
                WriteError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
            },
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    /// The engine did not answer.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What it answered is no value of ours.
    #[error("stored row does not parse")]
    Corrupt(#[source] Source),
}

impl Unread {
    pub(crate) fn corrupt(source: impl Into<Source>) -> Self {
        Self::Corrupt(source.into())
    }
}

impl From<Unread> for ReadError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Failed(failure) => Self::Unavailable(failure.into()),
            Unread::Corrupt(source) => Self::Corrupt(source),
        }
    }
}

impl From<Unread> for CommitError {
    /// Reading writes nothing, so a question that failed leaves no doubt.
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Failed(failure) => Self::Unavailable(failure.into()),
            Unread::Corrupt(source) => Self::Corrupt(source),
        }
    }
}

impl From<Unread> for WriteError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Failed(failure) => Self::Unavailable(failure.into()),
            Unread::Corrupt(source) => Self::Unavailable(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use surrealdb::types::ConnectionError;

    use super::*;

    #[test]
    fn what_was_not_sent_or_not_let_in_is_certainly_not_applied() {
        let expired =
            surrealdb::Error::not_allowed("expired".to_owned(), NotAllowedError::Auth(AuthError::SessionExpired));
        for failure in [Failure::Away("away".to_owned()), Failure::Crowded, expired.into()] {
            assert!(matches!(CommitError::from(failure), CommitError::Unavailable(_)));
        }
        let unanswered = Failure::TimedOut(Duration::from_secs(1));
        assert!(matches!(CommitError::from(unanswered), CommitError::OutcomeUnknown(_)));
    }

    #[test]
    fn the_cause_is_found_behind_the_statements_that_were_not_executed() {
        let not_executed = || surrealdb::Error::query("not executed".to_owned(), QueryError::NotExecuted);
        let conflict = surrealdb::Error::query("conflict".to_owned(), QueryError::TransactionConflict);
        let errors = HashMap::from([(0, not_executed()), (1, not_executed()), (2, conflict)]);
        assert!(matches!(Failure::of_statements(errors), Some(Failure::Conflict)));
        assert!(Failure::of_statements(HashMap::new()).is_none());
    }

    #[test]
    fn a_commit_that_failed_for_an_unnamed_reason_may_have_been_applied() {
        for error in [
            surrealdb::Error::query("not executed".to_owned(), QueryError::NotExecuted),
            surrealdb::Error::internal("sync failed".to_owned()),
            surrealdb::Error::connection("reset".to_owned(), ConnectionError::ConnectionFailed),
        ] {
            assert!(matches!(CommitError::from(Failure::from(error)), CommitError::OutcomeUnknown(_)));
        }
    }

    #[test]
    fn an_existing_record_names_its_table() {
        let exists = |id: &str| {
            let details = AlreadyExistsError::Record { id: id.to_owned() };
            Failure::from(surrealdb::Error::already_exists("exists".to_owned(), details))
        };
        assert_eq!(exists("inbox:[u'0192f0c1-2345-7000-8000-000000000001', -3]").existing(), Some(Table::Inbox));
        assert_eq!(exists("elsewhere:1").existing(), None);
    }
}
