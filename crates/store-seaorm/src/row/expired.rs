//! Removing what has expired, some rows at a time: however much it is, no statement of it takes long.

use parlour_domain::Timestamp;
use parlour_domain::port::WriteError;
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait};

use crate::SqlStore;
use crate::classify::statement_failed;

const ROWS_PER_STATEMENT: u64 = 1_000;

impl SqlStore {
    /// Removes the rows whose `end` is not later than `now`, given the columns of their key, and answers how many.
    pub(crate) async fn remove_ended<E: EntityTrait>(
        &self,
        key: &[E::Column],
        end: E::Column,
        now: Timestamp,
    ) -> Result<u64, WriteError> {
        let backend = self.writing().get_database_backend();
        let mut removed = 0;
        loop {
            let rows = ended::<E>(backend, key, end, now);
            let rows = self.writing().execute(&rows).await.map_err(statement_failed)?.rows_affected();
            removed += rows;
            if rows < ROWS_PER_STATEMENT {
                return Ok(removed);
            }
        }
    }
}

/// The oldest of them. Whether a row has ended is asked where it is removed, since it may be given a later end meanwhile.
fn ended<E: EntityTrait>(backend: DbBackend, key: &[E::Column], end: E::Column, now: Timestamp) -> DeleteStatement {
    let has_ended = Expr::col(end).lte(now.as_micros());
    let mut rows = Query::delete();
    rows.from_table(E::default()).and_where(has_ended.clone());
    if backend == DbBackend::MySql {
        rows.order_by(end, Order::Asc).limit(ROWS_PER_STATEMENT);
        return rows;
    }
    let mut oldest = Query::select();
    oldest.columns(key.iter().copied()).from(E::default()).and_where(has_ended);
    oldest.order_by(end, Order::Asc).limit(ROWS_PER_STATEMENT);
    rows.and_where(Expr::tuple(key.iter().map(|column| Expr::col(*column))).in_subquery(oldest));
    rows
}

#[cfg(test)]
mod tests {
    use parlour_domain::port::{RoomRepo, SessionRepo};
    use parlour_store_contract::fixture::{at, key, people, session};
    use sea_orm::Insert;

    use super::*;
    use crate::connect::overheard::statements_of;
    use crate::row::{answer, session as session_row};

    const ENDED: usize = 2_500;

    async fn takes_some_at_a_time(store: &SqlStore) {
        let [owner] = people();
        let sessions: Vec<_> = (0..=ENDED).map(|_| session(&owner, at(0))).collect();
        let row = |(n, one)| session_row::Model { expires_at: ended_or_not(n), ..session_row::Model::from(one) };
        let answer = |n: usize| answer::Model {
            caller: owner.id.as_uuid(),
            request_key: format!("key-{n}"),
            fingerprint: vec![0; 32],
            body: Vec::new(),
            created_at: 0,
            expires_at: ended_or_not(n),
        };
        for some in sessions.iter().enumerate().map(row).collect::<Vec<_>>().chunks(500) {
            Insert::many(some.to_vec()).exec_without_returning(store.writing()).await.unwrap();
        }
        for some in (0..=ENDED).map(answer).collect::<Vec<_>>().chunks(500) {
            Insert::many(some.to_vec()).exec_without_returning(store.writing()).await.unwrap();
        }
        let (removed, statements) = statements_of(store.remove_expired(at(0))).await;
        assert_eq!((removed.unwrap(), statements.len()), (ENDED as u64, 3));
        assert_eq!(SessionRepo::list_of(store, owner.id).await.unwrap().len(), 1);
        let (forgotten, statements) = statements_of(store.forget_answers(at(0))).await;
        assert_eq!((forgotten.unwrap(), statements.len()), (ENDED as u64, 3));
        // It does not parse, but it is there.
        assert!(store.find_answer(owner.id, &key(&format!("key-{ENDED}"))).await.is_err());
    }

    fn ended_or_not(n: usize) -> i64 {
        at(if n < ENDED { 0 } else { 1 }).as_micros()
    }

    #[cfg(feature = "sqlite")]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_has_expired_on_sqlite_goes_some_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
        takes_some_at_a_time(&SqlStore::connect(&url).await.unwrap()).await;
    }

    #[cfg(feature = "server-tests")]
    async fn on<E: crate::scratch::Engine>() {
        let database = crate::scratch::Scratch::<E>::make().await;
        let store = SqlStore::connect(&database.url()).await.unwrap();
        takes_some_at_a_time(&store).await;
        store.close().await;
    }

    #[cfg(feature = "server-tests")]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_has_expired_on_postgres_goes_some_at_a_time() {
        on::<crate::scratch::Postgres>().await;
    }

    #[cfg(feature = "server-tests")]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_has_expired_on_mysql_goes_some_at_a_time() {
        on::<crate::scratch::MySql>().await;
    }
}
