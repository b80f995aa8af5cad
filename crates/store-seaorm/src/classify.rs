//! What an engine's error means to the caller of a port.

mod code;

use parlour_domain::port::{ReadError, WriteError};
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

use self::code::Code;
use crate::row::CorruptRow;

impl From<CorruptRow> for Failure {
    fn from(row: CorruptRow) -> Self {
        Self::Corrupt(row)
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Engine(error)
    }
}

/// Why the store could not do what it was asked for, before it is known which port asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine failed.
    Engine(DbErr),
    /// A row does not parse.
    Corrupt(CorruptRow),
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine(error) if is_undecodable(&error) => Self::Corrupt(error.into()),
            Failure::Engine(error) => Self::Unavailable(error.into()),
            Failure::Corrupt(row) => Self::Corrupt(row.into()),
        }
    }
}

/// Why a statement that commits by itself failed.
pub(crate) fn statement_failed(error: DbErr) -> WriteError {
    if is_certainly_not_applied(&error) {
        WriteError::Unavailable(error.into())
    } else {
        WriteError::OutcomeUnknown(error.into())
    }
}

/// Whether a row stands in the way that must be the only one of its kind.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether two transactions stood in each other's way, and this one was rolled back for it: it may simply be run again.
/// To have waited in vain for a lock is not that: whoever holds it may hold it for long.
pub(crate) fn is_lock_failure(error: &DbErr) -> bool {
    sqlx_error(error).and_then(SqlxError::as_database_error).is_some_and(|said| Code::of(said).is_lock_failure())
}

/// Whether another process has a file open that was wanted alone (SQLite's `SQLITE_BUSY`, with or without its reason).
#[cfg(feature = "sqlite")]
pub(crate) fn is_locked_by_another(error: &DbErr) -> bool {
    const BUSY: i32 = 5;
    let Some(SqlxError::Database(said)) = sqlx_error(error) else { return false };
    said.code().and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == BUSY)
}

/// Whether nobody is at the other end of the connection any more, or nobody may use it again.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) fn is_connection_lost(error: &SqlxError) -> bool {
    match error {
        SqlxError::Database(said) => Code::of(said.as_ref()).is_farewell(),
        // What was asked for can't be sent, or what came is no answer to it.
        SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::Protocol(_) | SqlxError::WorkerCrashed => true,
        _ => false,
    }
}

/// Whether the server refused because it only reads. It was the one to write to, or it would not be connected: another is
/// that by now, or it will be again, and whoever connects anew finds out.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) fn is_read_only(error: &SqlxError) -> bool {
    error.as_database_error().is_some_and(|said| Code::of(said).is_read_only())
}

/// Whether the server has no room for another connection at the moment.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) fn is_crowded(error: &SqlxError) -> bool {
    error.as_database_error().is_some_and(|said| Code::of(said).is_crowded())
}

/// Whether a lock was not to be had in time, so that nothing was done.
pub(crate) fn is_wait_in_vain(error: &DbErr) -> bool {
    sqlx_error(error).and_then(SqlxError::as_database_error).is_some_and(|said| Code::of(said).is_wait_in_vain())
}

/// Whether the server had hung up, which it may have done long before it was asked; unlike one that is silent.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) fn is_hung_up(error: &DbErr) -> bool {
    let is_late = |error: &SqlxError| matches!(error, SqlxError::Io(io) if io.kind() == std::io::ErrorKind::TimedOut);
    sqlx_error(error).is_some_and(|error| is_connection_lost(error) && !is_late(error))
}

/// Whether a migration has made this table, column or index before; on MySQL alone, where each is made by itself.
pub(crate) fn is_already_there(error: &DbErr) -> bool {
    let said = sqlx_error(error).and_then(SqlxError::as_database_error);
    said.is_some_and(|said| Code::of(said).is_already_there())
}

/// Whether a COMMIT that failed has certainly left nothing.
pub(crate) fn is_end_without_effect(error: &DbErr) -> bool {
    let said = sqlx_error(error).and_then(SqlxError::as_database_error);
    said.is_some_and(|said| Code::of(said).is_full_disk())
}

/// The engine itself refused, or was never asked: unlike a connection that broke, that is certain.
fn is_certainly_not_applied(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        other => match sqlx_error(other) {
            Some(SqlxError::Database(said)) => !Code::of(said.as_ref()).leaves_doubt(),
            Some(SqlxError::PoolTimedOut | SqlxError::PoolClosed) => true,
            _ => false,
        },
    }
}

/// What the engine answered is not of the type that was stored.
pub(crate) fn is_undecodable(error: &DbErr) -> bool {
    matches!(error, DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_))
        || matches!(sqlx_error(error), Some(SqlxError::ColumnDecode { .. } | SqlxError::Decode(_)))
}

fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::error::Error;
    use std::fmt;

    use sea_orm::ConnAcquireErr;
    use sea_orm::sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// What a server says, by its SQLSTATE alone.
    #[derive(Debug)]
    struct Said(&'static str);

    impl fmt::Display for Said {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str(self.0)
        }
    }

    impl Error for Said {}

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn failed(error: SqlxError) -> DbErr {
        DbErr::Exec(RuntimeErr::SqlxError(error.into()))
    }

    fn said(state: &'static str) -> DbErr {
        failed(SqlxError::Database(Box::new(Said(state))))
    }

    fn broken() -> SqlxError {
        SqlxError::Io(std::io::ErrorKind::ConnectionReset.into())
    }

    #[test]
    fn a_serialization_failure_and_a_deadlock_may_simply_be_run_again() {
        assert!(is_lock_failure(&said("40001")));
        assert!(is_lock_failure(&said("40P01")));
        assert!(!is_lock_failure(&said("23505")));
        assert!(!is_lock_failure(&failed(broken())));
    }

    #[test]
    fn a_statement_that_the_engine_refused_or_never_saw_is_certainly_not_applied() {
        let never_sent = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let not_connected = DbErr::Conn(RuntimeErr::SqlxError(broken().into()));
        for error in [said("53100"), never_sent, not_connected] {
            assert!(matches!(statement_failed(error), WriteError::Unavailable(_)));
        }
    }

    #[test]
    fn a_statement_that_the_server_or_the_disk_ended_half_way_has_an_unknown_outcome() {
        const IOERR_FSYNC: &str = "1034";
        for state in ["57P01", "08006", "25P03", IOERR_FSYNC] {
            assert!(matches!(statement_failed(said(state)), WriteError::OutcomeUnknown(_)), "{state}");
        }
    }

    #[test]
    fn a_commit_that_a_full_disk_ended_is_certainly_not_applied() {
        let (full, busy, input_output) = ("13", "5", "10");
        assert!(is_end_without_effect(&said(full)));
        assert!(![busy, input_output, "57P01"].map(said).iter().any(is_end_without_effect));
    }

    #[test]
    fn a_server_that_hung_up_may_be_asked_again_elsewhere_and_one_that_is_silent_may_not() {
        let late = SqlxError::Io(std::io::ErrorKind::TimedOut.into());
        assert!(is_connection_lost(&late) && is_connection_lost(&broken()));
        assert!(is_hung_up(&failed(broken())) && is_hung_up(&said("57P01")));
        assert!(!is_hung_up(&failed(late)) && !is_hung_up(&said("55P03")));
    }

    #[test]
    fn a_statement_whose_connection_broke_has_an_unknown_outcome() {
        assert!(matches!(statement_failed(failed(broken())), WriteError::OutcomeUnknown(_)));
    }

    #[test]
    fn what_was_read_and_does_not_decode_is_corrupt_and_what_was_not_read_is_unavailable() {
        let undecodable = SqlxError::Decode("not a uuid".into());
        assert!(matches!(Failure::from(failed(undecodable)).into(), ReadError::Corrupt(_)));
        assert!(matches!(Failure::from(failed(broken())).into(), ReadError::Unavailable(_)));
        assert!(matches!(Failure::from(CorruptRow::new("room", "bent")).into(), ReadError::Corrupt(_)));
    }
}
