//! Group commit: the commits that wait while SQLite syncs one are made durable together by the next sync.
//!
//! SQLite has one writer at a time, so one task takes the commits in turn, each within a savepoint of its own. Nobody
//! is answered before the transaction around them is durable, and a caller who goes away takes nothing back.

use parlour_domain::InboxEntry;
use parlour_domain::port::{CommitError, Committed};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionOptions, TransactionTrait};
use tokio::sync::{mpsc, oneshot};

use super::{Stop, Write, abandon, answer, finish};
use crate::connect::{Db, Transaction};

/// Beyond it one more sync costs little, and the first in the group would wait long.
const MOST: usize = 64;

type Outcome = Result<Vec<InboxEntry>, Stop>;

#[derive(Debug, Clone)]
pub(crate) struct Group {
    waiting: mpsc::Sender<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    caller: oneshot::Sender<Outcome>,
}

impl Group {
    /// Starts the task; it ends when the last clone of the group is gone.
    pub(crate) fn start(file: DatabaseConnection, options: TransactionOptions) -> Self {
        let (waiting, line) = mpsc::channel(MOST);
        tokio::spawn(commit_in_turn(file, options, line));
        Self { waiting }
    }

    pub(super) async fn commit(&self, write: Write) -> Result<Committed, CommitError> {
        let (caller, outcome) = oneshot::channel();
        let queued = self.waiting.send(Waiting { write, caller }).await;
        queued.map_err(|_| CommitError::Unavailable("the writing task has ended".into()))?;
        match outcome.await {
            Ok(outcome) => answer(outcome),
            Err(lost) => Err(CommitError::OutcomeUnknown(lost.into())),
        }
    }
}

async fn commit_in_turn(file: DatabaseConnection, options: TransactionOptions, mut line: mpsc::Receiver<Waiting>) {
    let alone_on = Db::Sqlite(file.clone(), options);
    let mut group = Vec::new();
    while line.recv_many(&mut group, MOST).await > 0 {
        let (writes, callers): (Vec<_>, Vec<_>) = group.drain(..).map(|next| (next.write, next.caller)).unzip();
        let outcomes = match writes.as_slice() {
            [alone] => vec![alone_on.commit(alone).await],
            together => commit_together(&file, options, together).await,
        };
        for (caller, outcome) in callers.into_iter().zip(outcomes) {
            // A caller who went away needs no answer.
            drop(caller.send(outcome));
        }
    }
}

async fn commit_together(file: &DatabaseConnection, options: TransactionOptions, writes: &[Write]) -> Vec<Outcome> {
    let transaction = match file.begin_with_options(options).await {
        Ok(transaction) => transaction,
        Err(error) => return writes.iter().map(|_| Err(Stop::Unavailable(error.clone()))).collect(),
    };
    match apply_each(&transaction, writes).await {
        Ok(outcomes) => match finish(Transaction::Sqlite(transaction)).await {
            Ok(()) => outcomes,
            Err(Stop::OutcomeUnknown(error)) => {
                writes.iter().map(|_| Err(Stop::OutcomeUnknown(error.clone()))).collect()
            }
            Err(Stop::Unavailable(error)) => writes.iter().map(|_| Err(Stop::Unavailable(error.clone()))).collect(),
            Err(_) => writes.iter().map(|_| Err(Stop::Locked)).collect(),
        },
        Err(error) => {
            abandon(Transaction::Sqlite(transaction)).await;
            writes.iter().map(|_| Err(Stop::Unavailable(error.clone()))).collect()
        }
    }
}

/// A commit that is refused leaves the others alone. A failure of the engine ends them all: after some of them SQLite
/// has rolled back by itself, and a savepoint would begin a transaction of its own.
async fn apply_each(transaction: &DatabaseTransaction, writes: &[Write]) -> Result<Vec<Outcome>, DbErr> {
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        let savepoint = transaction.begin().await?;
        let outcome = write.write(&savepoint).await;
        match &outcome {
            Err(Stop::Unavailable(error) | Stop::OutcomeUnknown(error)) => return Err(error.clone()),
            Ok(_) => savepoint.commit().await?,
            Err(_) => savepoint.rollback().await?,
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}
