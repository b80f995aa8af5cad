//! What an engine's error means to the caller of a port.

use parlour_domain::port::{CommitError, ReadError, WriteError};
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

/// Why a transaction that was not asked to commit yet failed: it is rolled back.
impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine(error) if is_duplicate(&error) => Self::Conflict,
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
    said.try_downcast_ref::<sea_orm::SqlxMySqlError>().map(|error| error.number())
}

#[cfg(not(feature = "mysql"))]
fn mysql_number(_said: &dyn sea_orm::sqlx::error::DatabaseError) -> Option<u16> {
    None
}

/// The engine itself refused, or was never asked: unlike a connection that broke, that is certain.
pub(crate) fn is_certainly_not_applied(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        other => {
            matches!(sqlx_error(other), Some(SqlxError::Database(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed))
        }
    }
}

fn is_undecodable(error: &DbErr) -> bool {
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
