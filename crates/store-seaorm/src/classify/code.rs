//! The numbers that engines give their errors.

use sea_orm::sqlx::error::DatabaseError;

const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;

/// The number of an engine's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Code {
    MySql(u16),
    /// The primary result code, without what extends it.
    Sqlite(i32),
    /// A SQLSTATE.
    State(String),
}

impl Code {
    pub(super) fn of(said: &(dyn DatabaseError + 'static)) -> Self {
        #[cfg(feature = "mysql")]
        if let Some(said) = said.try_downcast_ref::<sea_orm::SqlxMySqlError>() {
            return Self::MySql(said.number());
        }
        let code = said.code().unwrap_or_default();
        match code.parse::<i32>() {
            // A SQLSTATE has five characters; SQLite's numbers have up to four digits.
            Ok(number) if code.len() < 5 => Self::Sqlite(number & 0xff),
            _ => Self::State(code.into_owned()),
        }
    }

    pub(super) fn is_full_disk(&self) -> bool {
        *self == Self::Sqlite(SQLITE_FULL)
    }

    /// What MySQL says of a table, column, index or foreign key that is there, or is not there to be dropped.
    pub(super) fn is_already_there(&self) -> bool {
        matches!(self, Self::MySql(1050 | 1060 | 1061 | 1091 | 1826))
    }

    pub(super) fn is_lock_failure(&self) -> bool {
        match self {
            // A deadlock, and a row that changed since the snapshot.
            Self::MySql(number) => [1213, 1020].contains(number),
            // A serialization failure, and PostgreSQL's deadlock.
            Self::State(state) => ["40001", "40P01"].contains(&state.as_str()),
            Self::Sqlite(_) => false,
        }
    }

    /// To have waited for a lock for too long.
    pub(super) fn is_wait_in_vain(&self) -> bool {
        matches!(self, Self::MySql(1205)) || *self == Self::State("55P03".to_owned())
    }

    /// The server only reads: it is the copy of another one, or has become that.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn is_read_only(&self) -> bool {
        match self {
            Self::MySql(number) => [1290, 1792, 1836].contains(number),
            Self::State(state) => state == "25006",
            Self::Sqlite(_) => false,
        }
    }

    /// MySQL has all the connections that it takes, in all or of this user. PostgreSQL's word for it is known to the driver.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn is_crowded(&self) -> bool {
        matches!(self, Self::MySql(1040 | 1203 | 1226))
    }

    /// The server's last word before it hangs up.
    pub(super) fn is_farewell(&self) -> bool {
        match self {
            // Aborted, shut down, gone, lost, killed; what follows a packet that it can't read; idle for too long.
            Self::MySql(number) => {
                [1053, 1077, 1079, 1152, 1184, 1927, 2006, 2013, 2055, 4031].contains(number)
                    || (1153..=1161).contains(number)
            }
            // Connection exceptions; shut down, crashed, starting or dropped; idle for too long.
            Self::State(state) => ["08", "57P"].iter().any(|class| state.starts_with(class)) || state == "25P03",
            Self::Sqlite(_) => false,
        }
    }

    /// Whether a statement that committed by itself may have done so all the same.
    pub(super) fn leaves_doubt(&self) -> bool {
        self.is_farewell() || *self == Self::Sqlite(SQLITE_IOERR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(state: &str) -> Code {
        Code::State(state.to_owned())
    }

    #[test]
    fn a_deadlock_may_be_run_again_and_a_wait_in_vain_may_not() {
        let (deadlock, wait_in_vain) = (Code::MySql(1213), Code::MySql(1205));
        assert!(deadlock.is_lock_failure() && state("40P01").is_lock_failure());
        assert!(!wait_in_vain.is_lock_failure() && !state("55P03").is_lock_failure());
        assert!(wait_in_vain.is_wait_in_vain() && state("55P03").is_wait_in_vain() && !deadlock.is_wait_in_vain());
    }

    #[test]
    fn a_statement_that_took_too_long_leaves_its_connection_fit_and_no_doubt() {
        let (max_execution_time, max_statement_time, interrupted) = (3024, 1969, 1317);
        for code in [max_execution_time, max_statement_time, interrupted].map(Code::MySql) {
            assert!(!code.is_farewell() && !code.leaves_doubt(), "{code:?}");
        }
        assert!(!state("57014").is_farewell() && !state("57014").leaves_doubt());
    }

    #[test]
    fn a_server_that_shuts_down_or_was_told_to_hang_up_says_farewell() {
        let (shutdown, killed, gone, lost, idle) = (1053, 1927, 2006, 2013, 4031);
        for code in [shutdown, killed, gone, lost, idle].map(Code::MySql) {
            assert!(code.is_farewell() && code.leaves_doubt(), "{code:?}");
        }
        for code in ["57P01", "57P02", "57P03", "08003", "08006"].map(state) {
            assert!(code.is_farewell(), "{code:?}");
        }
    }

    #[cfg(any(feature = "mysql", feature = "postgres"))]
    #[test]
    fn a_server_that_only_reads_has_certainly_not_written() {
        let (option, transaction, mode) = (1290, 1792, 1836);
        for code in [option, transaction, mode].map(Code::MySql).into_iter().chain([state("25006")]) {
            assert!(code.is_read_only() && !code.is_farewell() && !code.leaves_doubt(), "{code:?}");
        }
    }

    #[test]
    fn a_disk_that_fails_leaves_doubt_and_a_full_or_busy_one_does_not() {
        assert!(Code::Sqlite(SQLITE_IOERR).leaves_doubt());
        let busy = 5;
        assert!(!Code::Sqlite(SQLITE_FULL).leaves_doubt() && !Code::Sqlite(busy).leaves_doubt());
    }
}
