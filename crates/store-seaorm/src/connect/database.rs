//! Where statements go, whichever engine it is.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TransactionOptions, TransactionTrait,
};

#[cfg(any(feature = "mysql", feature = "postgres"))]
use super::server::{Lease, Pool};

/// Connections. Clones share them.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// A file, and how a transaction begins there.
    #[cfg(feature = "sqlite")]
    Sqlite(DatabaseConnection, TransactionOptions),
    #[cfg(feature = "postgres")]
    Postgres(Pool<sea_orm::sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    MySql(Pool<sea_orm::sqlx::MySql>),
}

/// A transaction; dropped, it is rolled back.
pub(crate) enum Transaction {
    #[cfg(feature = "sqlite")]
    Sqlite(DatabaseTransaction),
    #[cfg(feature = "postgres")]
    Postgres(Lease<sea_orm::sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    MySql(Lease<sea_orm::sqlx::MySql>),
}

/// The same call on whatever this is.
macro_rules! on_each {
    ($this:ident, $inner:pat => $call:expr) => {
        match $this {
            #[cfg(feature = "sqlite")]
            Self::Sqlite($inner, ..) => $call,
            #[cfg(feature = "postgres")]
            Self::Postgres($inner) => $call,
            #[cfg(feature = "mysql")]
            Self::MySql($inner) => $call,
        }
    };
}

impl Db {
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(db, options) => db.begin_with_options(*options).await.map(Transaction::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.begin().await.map(Transaction::Postgres),
            #[cfg(feature = "mysql")]
            Self::MySql(pool) => pool.begin().await.map(Transaction::MySql),
        }
    }

    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        on_each!(self, db => db.ping().await)
    }

    pub(super) async fn close(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(db, _) => {
                if let Err(error) = db.close_by_ref().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "database was not closed cleanly");
                }
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.close().await,
            #[cfg(feature = "mysql")]
            Self::MySql(pool) => pool.close().await,
        }
    }
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        on_each!(self, transaction => transaction.commit().await)
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        on_each!(self, transaction => transaction.rollback().await)
    }
}

macro_rules! asks_what_it_holds {
    ($holder:ty) => {
        #[async_trait]
        impl ConnectionTrait for $holder {
            fn get_database_backend(&self) -> DbBackend {
                on_each!(self, db => db.get_database_backend())
            }

            async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
                #[cfg(test)]
                overheard::tell(&statement);
                on_each!(self, db => db.execute_raw(statement).await)
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                on_each!(self, db => db.execute_unprepared(sql).await)
            }

            async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
                #[cfg(test)]
                overheard::tell(&statement);
                on_each!(self, db => db.query_one_raw(statement).await)
            }

            async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
                #[cfg(test)]
                overheard::tell(&statement);
                on_each!(self, db => db.query_all_raw(statement).await)
            }

            fn support_returning(&self) -> bool {
                on_each!(self, db => db.support_returning())
            }
        }
    };
}

asks_what_it_holds!(Db);
asks_what_it_holds!(Transaction);

/// What is really asked, for tests.
#[cfg(test)]
pub(crate) mod overheard {
    use std::cell::RefCell;

    use sea_orm::Statement;

    tokio::task_local! {
        static HEARD: RefCell<Vec<Statement>>;
    }

    pub(super) fn tell(statement: &Statement) {
        // Most tests do not listen.
        HEARD.try_with(|heard| heard.borrow_mut().push(statement.clone())).unwrap_or_default();
    }

    /// The statements of a call, as far as it does not leave them to another task.
    pub(crate) async fn statements_of<T>(call: impl Future<Output = T>) -> (T, Vec<Statement>) {
        let listening = HEARD.scope(RefCell::default(), async {
            let answer = call.await;
            (answer, HEARD.with(RefCell::take))
        });
        listening.await
    }
}
