//! A connection while one caller has it: each statement has a limit of time, and what is left in doubt is closed.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout, timeout_at};

use super::limits::until;
use super::trouble::Trouble;
use super::{Engine, Limits};
use crate::classify::{is_connection_lost, is_read_only};

/// How long a connection may take on its way back to the pool, where it is asked whether it still works.
const RETURN: Duration = Duration::from_secs(5);

/// A connection, and whether a transaction is open on it. A caller who goes away while an answer is due, or before the
/// transaction has ended, leaves a connection that nobody may use again: the driver can not tell whose answer comes
/// next. It is closed, and so rolled back.
pub(crate) struct Lease<E: Engine> {
    held: Mutex<Held<E>>,
    limits: Limits,
    until: Option<Instant>,
    trouble: Arc<Trouble>,
}

struct Held<E: Engine> {
    connection: Option<PoolConnection<E>>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Fit for anybody.
    Whole,
    InTransaction,
    /// An answer is due, or will never come.
    InDoubt,
}

impl<E: Engine> Lease<E> {
    pub(super) fn new(connection: PoolConnection<E>, limits: Limits, trouble: Arc<Trouble>) -> Self {
        let held = Held { connection: Some(connection), state: State::Whole };
        Self { held: Mutex::new(held), limits, until: until(limits.transaction), trouble }
    }

    pub(super) async fn begin(self) -> Result<Self, DbErr> {
        self.control("BEGIN", State::InTransaction).await?;
        Ok(self)
    }

    /// Ends the transaction. On an error that is no lock failure it is not known how.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        self.until = until(self.limits.statement);
        self.control("COMMIT", State::Whole).await
    }

    pub(crate) async fn rollback(mut self) -> Result<(), DbErr> {
        self.until = until(self.limits.statement);
        self.control("ROLLBACK", State::Whole).await
    }

    async fn control(&self, sql: &str, then: State) -> Result<(), DbErr> {
        let mut asked = self.ask().await;
        let answer = asked.within(self.limit(), async |connection| E::execute_unprepared(connection, sql).await).await;
        // After an error the transaction may be open or not.
        asked.held.state = if answer.is_ok() { then } else { State::InDoubt };
        answer.map(drop)
    }

    fn limit(&self) -> Option<Instant> {
        [self.until, until(self.limits.statement)].into_iter().flatten().min()
    }

    async fn ask(&self) -> Asked<'_, E> {
        Asked { held: self.held.lock().await, trouble: &self.trouble }
    }
}

struct Asked<'lease, E: Engine> {
    held: MutexGuard<'lease, Held<E>>,
    trouble: &'lease Trouble,
}

impl<E: Engine> Asked<'_, E> {
    async fn within<T>(
        &mut self,
        limit: Option<Instant>,
        ask: impl AsyncFnOnce(&mut E::Connection) -> Result<T, SqlxError>,
    ) -> Result<T, DbErr> {
        let state = std::mem::replace(&mut self.held.state, State::InDoubt);
        let Some(connection) = self.held.connection.as_mut().filter(|_| state != State::InDoubt) else {
            return Err(failed(SqlxError::Io(io::ErrorKind::NotConnected.into())));
        };
        let late = || SqlxError::Io(io::Error::new(io::ErrorKind::TimedOut, "server did not answer in time"));
        let answer = match limit {
            Some(limit) => timeout_at(limit, ask(connection)).await.unwrap_or_else(|_| Err(late())),
            None => ask(connection).await,
        };
        match answer {
            Err(error) if is_connection_lost(&error) => {
                self.trouble.happened(Instant::now());
                Err(failed(error))
            }
            Err(error) if is_read_only(&error) => {
                self.trouble.server_moved(Instant::now());
                Err(failed(error))
            }
            answered => {
                self.held.state = state;
                answered.map_err(failed)
            }
        }
    }
}

fn failed(error: SqlxError) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

#[async_trait]
impl<E: Engine> ConnectionTrait for Lease<E> {
    fn get_database_backend(&self) -> DbBackend {
        E::BACKEND
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask().await.within(self.limit(), async |connection| E::execute(connection, statement).await).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask().await.within(self.limit(), async |connection| E::execute_unprepared(connection, sql).await).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask().await.within(self.limit(), async |connection| E::fetch(connection, statement).await).await
    }
}

impl<E: Engine> Drop for Lease<E> {
    fn drop(&mut self) {
        let held = self.held.get_mut();
        let Some(mut connection) = held.connection.take() else { return };
        if held.state == State::Whole {
            // Left to itself it would wait for a silent server without end, and nobody else could have its place.
            tokio::spawn(timeout(RETURN, async move { connection.return_to_pool().await }));
        } else {
            connection.close_on_drop();
        }
    }
}
