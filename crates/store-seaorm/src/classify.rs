//! What an engine's error means to the caller of a port.

use parlour_domain::port::{ReadError, WriteError};
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

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
pub(crate) fn is_lock_failure(error: &DbErr) -> bool {
    /// SQLSTATE: serialization failure, and PostgreSQL's deadlock.
    const STATES: [&str; 2] = ["40001", "40P01"];
    /// MySQL and MariaDB: lock wait timeout, deadlock, and a row that changed since the snapshot.
    const NUMBERS: [u16; 3] = [1205, 1213, 1020];
    let Some(SqlxError::Database(said)) = sqlx_error(error) else { return false };
    let number = mysql_number(said.as_ref());
    number.is_some_and(|number| NUMBERS.contains(&number)) || said.code().is_some_and(|code| STATES.contains(&&*code))
}

#[cfg(feature = "mysql")]
fn mysql_number(said: &dyn sea_orm::sqlx::error::DatabaseError) -> Option<u16> {
    said.try_downcast_ref().map(sea_orm::SqlxMySqlError::number)
}

#[cfg(not(feature = "mysql"))]
fn mysql_number(_said: &dyn sea_orm::sqlx::error::DatabaseError) -> Option<u16> {
    None
}

/// The engine itself refused, or was never asked: unlike a connection that broke, that is certain.
fn is_certainly_not_applied(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        other => {
            matches!(sqlx_error(other), Some(SqlxError::Database(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed))
        }
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
