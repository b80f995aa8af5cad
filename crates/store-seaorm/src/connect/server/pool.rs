//! The connections to a server, and statements that commit by themselves.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement,
};
use tokio::time::{Instant, timeout};

use super::trouble::Trouble;
use super::{Engine, Lease, Limits, Options};
use crate::classify::{is_crowded, is_hung_up, is_lock_failure};
use crate::commit::Patience;

const CONNECTIONS: u32 = 16;
/// How long a call waits for its turn, with the time that a new connection takes.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long to wait before a server is asked again that had no room for another connection.
const CROWDED: Duration = Duration::from_millis(50);
/// How long a connection may lie idle before it is asked whether it still works. A ping before every query would
/// double its way to the server and back.
const STALE: Duration = Duration::from_secs(5);
/// Less than the server's own limit of idle connections.
const IDLE: Duration = Duration::from_secs(20);
/// Connections move on to other addresses of the server, and its memory for their statements is freed.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Up to [`CONNECTIONS`] to a server. Clones share them.
#[derive(Debug)]
pub(crate) struct Pool<E: Engine> {
    connections: sea_orm::sqlx::Pool<E>,
    limits: Limits,
    trouble: Arc<Trouble>,
}

impl<E: Engine> Clone for Pool<E> {
    fn clone(&self) -> Self {
        Self { connections: self.connections.clone(), limits: self.limits, trouble: Arc::clone(&self.trouble) }
    }
}

impl<E: Engine> Pool<E> {
    /// Connects when it has to.
    pub(super) fn new(options: Options<E>, limits: Limits) -> Self {
        let trouble = Arc::new(Trouble::none(Instant::now()));
        let known = Arc::clone(&trouble);
        let connections = PoolOptions::<E>::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .idle_timeout(IDLE)
            .max_lifetime(LIFETIME)
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for statement in E::session(limits) {
                        E::execute_unprepared(connection, &statement).await?;
                    }
                    Ok(())
                })
            })
            .before_acquire(move |connection, used| {
                let now = Instant::now();
                let is_elsewhere = known.server_moved_from(used.age, now);
                let is_doubtful = used.idle_for > STALE || known.happened_to(used.idle_for, now);
                Box::pin(async move { Ok(!is_elsewhere && (!is_doubtful || answers(connection).await)) })
            })
            .connect_lazy_with(options);
        Self { connections, limits, trouble }
    }

    /// A connection for one caller.
    async fn lease(&self) -> Result<Lease<E>, DbErr> {
        let until = Instant::now() + ACQUIRE;
        loop {
            return match self.connections.acquire().await {
                Ok(connection) => Ok(Lease::new(connection, self.limits, Arc::clone(&self.trouble))),
                // Others go, and ours come back.
                Err(error) if is_crowded(&error) && Instant::now() < until => {
                    tokio::time::sleep(CROWDED).await;
                    continue;
                }
                Err(SqlxError::PoolTimedOut) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
                Err(SqlxError::PoolClosed) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
                Err(error) => Err(DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
            };
        }
    }

    /// Begins a transaction; on another connection when the first was dead.
    pub(crate) async fn begin(&self) -> Result<Lease<E>, DbErr> {
        match self.lease().await?.begin().await {
            Err(error) if is_hung_up(&error) => self.lease().await?.begin().await,
            begun => begun,
        }
    }

    /// Whether the server answers.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.query_all_raw(Statement::from_string(E::BACKEND, "SELECT 1")).await.map(drop)
    }

    /// Waits for what is being done, but not for ever, and closes all.
    pub(crate) async fn close(&self) {
        if timeout(ACQUIRE, self.connections.close()).await.is_err() {
            tracing::warn!("not every connection to the database server could be closed in time");
        }
    }
}

/// Asks a connection that lay idle. One that is given up here is replaced by a new one in the same call.
async fn answers<C: Connection>(connection: &mut C) -> bool {
    const PING: Duration = Duration::from_secs(1);
    matches!(timeout(PING, connection.ping()).await, Ok(Ok(())))
}

/// Statements that commit by themselves.
#[async_trait]
impl<E: Engine> ConnectionTrait for Pool<E> {
    fn get_database_backend(&self) -> DbBackend {
        E::BACKEND
    }

    /// Writes; again when another transaction stood in its way, since whoever loses a deadlock has written nothing.
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut patience = Patience::new();
        loop {
            // Not in the `match`: the connection would wait with us.
            let answer = self.lease().await?.execute_raw(statement.clone()).await;
            match answer {
                Err(error) if is_lock_failure(&error) && patience.is_left() => patience.back_off().await,
                decided => return decided,
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    /// Reads; again on another connection when the first was dead.
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        // Not in the `match`: all connections that died together would each wait for another one.
        let answer = self.lease().await?.query_all_raw(statement.clone()).await;
        match answer {
            Err(error) if is_hung_up(&error) => self.lease().await?.query_all_raw(statement).await,
            decided => decided,
        }
    }
}
