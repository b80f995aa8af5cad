//! Two writers that wait for each other: the server ends one of them, and that one is run again.

use std::pin::pin;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, WriteError};
use parlour_domain::{SESSION_LIFETIME, Timestamp};
use parlour_store_contract::fixture::{Creation, at, crowd, people, session};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Insert, QuerySelect, Select, Statement, TransactionTrait,
};

use crate::SqlStore;
use crate::row::{inbox_head, session as session_row, user};
use crate::scratch::{self, MySql, Postgres, Scratch};

trait Locking: scratch::Engine {
    /// Whoever waits for a row of this database.
    const WAITING: &'static str;
}

impl Locking for Postgres {
    const WAITING: &'static str =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
}

/// The first of the comments is for MariaDB, the second for MySQL, where the table of the first fails to show statements
/// whose values are bytes.
impl Locking for MySql {
    const WAITING: &'static str = "SELECT 1 FROM \
         /*M! information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id IN \
              (SELECT id FROM information_schema.processlist WHERE db = DATABASE()) */ \
         /*!80022 performance_schema.data_lock_waits JOIN performance_schema.threads \
              ON thread_id = requesting_thread_id WHERE processlist_db = DATABASE() */";
}

/// MariaDB tells news of its transactions only to those who have not asked for a tenth of a second.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// A round that takes longer would never end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Less than a writer waits for a lock.
const IN_TIME: Duration = Duration::from_secs(2);

/// Later than anything here.
fn late() -> Timestamp {
    at(2).after(SESSION_LIFETIME)
}

/// Three rows, and what changes them all in one write.
#[async_trait]
trait Scene {
    async fn prepare(store: &SqlStore) -> [Uuid; 3];
    /// Locks one of them, unless somebody has it and it is `skipped` then; answers whether it was locked.
    async fn lock(other: &DatabaseTransaction, id: Uuid, skipped: bool) -> Result<bool, DbErr>;
    /// Answers how many rows it changed.
    async fn write(store: &SqlStore) -> Result<u64, WriteError>;
}

fn locking<E: EntityTrait>(row: Select<E>, skipped: bool) -> Select<E> {
    if skipped { row.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked) } else { row.lock_exclusive() }
}

/// Somebody else has the second row, and wants the others once the writer waits for it. Answers whether it was the writer
/// whom the server ended.
async fn meet<E: Locking, S: Scene>(store: &SqlStore, database: &Scratch<E>) -> bool {
    let (other, watch) = (database.raw().await, database.raw().await);
    let [first, middle, last] = S::prepare(store).await;
    let other = other.begin().await.unwrap();
    // MySQL lets whoever has written more win.
    let others: Vec<_> = crowd(50).iter().map(user::Model::from).collect();
    Insert::many(others).exec_without_returning(&other).await.unwrap();
    assert!(S::lock(&other, middle, false).await.unwrap());

    let mut writing = pin!(S::write(store));
    let waiting = Statement::from_string(watch.get_database_backend(), E::WAITING);
    let somebody_waits = async {
        while watch.query_all_raw(waiting.clone()).await.unwrap().is_empty() {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    tokio::select! {
        written = &mut writing => panic!("the writer does not wait: {written:?}"),
        () = somebody_waits => {}
    }
    let since = Instant::now();
    let wants_the_others = async {
        let mut has_all = true;
        for row in [first, last] {
            has_all &= S::lock(&other, row, true).await.unwrap();
        }
        let has_won = S::lock(&other, first, false).await.and(S::lock(&other, last, false).await).is_ok();
        let is_in_time = since.elapsed() < IN_TIME;
        other.rollback().await.unwrap();
        (!has_all && has_won, is_in_time)
    };
    let (written, (was_ended, is_in_time)) = tokio::join!(writing, wants_the_others);
    match written {
        Ok(changed) => assert_eq!(changed, 3),
        Err(error) => {
            assert!(!is_in_time, "{error:?}");
            // Or the next round would find its rows.
            S::write(store).await.ok();
        }
    }
    was_ended && is_in_time
}

/// Of two that wait for each other PostgreSQL ends whichever looks first, so it may take some rounds.
async fn is_run_again<E: Locking, S: Scene>() {
    let database = Scratch::<E>::make().await;
    let store = SqlStore::connect(&database.url()).await.unwrap();
    let meeting = async { while !meet::<E, S>(&store, &database).await {} };
    tokio::time::timeout(PATIENCE, meeting).await.expect("one of the writers is ended");
    store.close().await;
}

/// The removal of expired sessions, which is a statement of its own.
struct Statements;

#[async_trait]
impl Scene for Statements {
    async fn prepare(store: &SqlStore) -> [Uuid; 3] {
        let [owner] = people();
        let sessions = [0, 1, 2].map(|second| session(&owner, at(second)));
        for session in &sessions {
            SessionRepo::insert(store, session.clone()).await.unwrap();
        }
        sessions.map(|session| session.id.as_uuid())
    }

    async fn lock(other: &DatabaseTransaction, id: Uuid, skipped: bool) -> Result<bool, DbErr> {
        locking(session_row::Entity::find_by_id(id), skipped).one(other).await.map(|row| row.is_some())
    }

    async fn write(store: &SqlStore) -> Result<u64, WriteError> {
        SessionRepo::remove_expired(store, late()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_loses_a_deadlock_on_postgres_is_run_again() {
    is_run_again::<Postgres, Statements>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_loses_a_deadlock_on_mysql_is_run_again() {
    is_run_again::<MySql, Statements>().await;
}

/// Forgetting old entries, which is a transaction of several statements.
struct Transactions;

#[async_trait]
impl Scene for Transactions {
    async fn prepare(store: &SqlStore) -> [Uuid; 3] {
        let [alice, bob, carol] = people();
        for _ in 0..2 {
            store.commit(Creation::group(&alice, &[bob.clone(), carol.clone()]).commit()).await.unwrap();
        }
        [alice, bob, carol].map(|user| user.id.as_uuid())
    }

    async fn lock(other: &DatabaseTransaction, id: Uuid, skipped: bool) -> Result<bool, DbErr> {
        locking(inbox_head::Entity::find_by_id(id), skipped).one(other).await.map(|row| row.is_some())
    }

    async fn write(store: &SqlStore) -> Result<u64, WriteError> {
        InboxRepo::forget(store, late()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_that_loses_a_deadlock_on_postgres_is_run_again() {
    is_run_again::<Postgres, Transactions>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_that_loses_a_deadlock_on_mysql_is_run_again() {
    is_run_again::<MySql, Transactions>().await;
}
