//! One connection to an engine, and how a text is asked through it.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use surrealdb::engine::any::Any;
use surrealdb::types::{SurrealValue, Value, Variables};
use surrealdb::{IndexedResults, Surreal};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::growth::Growth;
use super::runtime::OwnRuntime;
use crate::classify::{Failure, Unread};

/// Asked of a server to see whether it answers, and whether it has the database still.
pub(crate) const PULSE: &str = "IF epoch:inbox.n = NONE { THROW 'schema is missing' }";

/// What is at the other end of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// The connection is all that there is of it.
    Memory,
    /// What an engine in this process keeps in a directory.
    Directory,
    Server,
}

/// One connection. It is thrown away when it is in doubt and another one can be made.
pub(super) struct Link {
    db: Surreal<Any>,
    peer: Peer,
    /// Which connection of the store it is.
    pub(super) number: u64,
    /// How long a text may take; an embedded engine cannot go away.
    pub(super) bound: Option<Duration>,
    /// Of an engine whose log must not grow without end.
    growth: Option<Growth>,
    lost: AtomicBool,
    doubted: Notify,
    /// Where everything that the connection needs lives, so that it ends with it: the client of a server reconnects for
    /// ever, even when nobody has it any more.
    _runtime: Option<OwnRuntime>,
}

impl Link {
    pub(super) fn to_memory(db: Surreal<Any>, number: u64) -> Self {
        let (lost, doubted) = (AtomicBool::new(false), Notify::new());
        Self { db, peer: Peer::Memory, number, bound: None, growth: None, lost, doubted, _runtime: None }
    }

    pub(super) fn to_directory(db: Surreal<Any>, number: u64, growth: Option<Growth>) -> Self {
        Self { peer: Peer::Directory, growth, ..Self::to_memory(db, number) }
    }

    pub(super) fn to_server(db: Surreal<Any>, number: u64, bound: Duration, runtime: OwnRuntime) -> Self {
        Self { peer: Peer::Server, bound: Some(bound), _runtime: Some(runtime), ..Self::to_memory(db, number) }
    }

    pub(super) async fn ask(&self, text: Cow<'static, str>, vars: Variables) -> Result<IndexedResults, Failure> {
        let answer = match self.bound {
            None => ask_plainly(&self.db, text, vars).await,
            Some(bound) => self.ask_within(bound, text, vars).await,
        };
        // Only now: what was written before the memtable was full is safe. A refusal may tell of something that is not.
        match &self.growth {
            Some(growth) if growth.has_moved_on() => Err(Failure::Unsafe),
            _ => answer,
        }
    }

    pub(super) async fn ask_within(
        &self,
        bound: Duration,
        text: Cow<'static, str>,
        vars: Variables,
    ) -> Result<IndexedResults, Failure> {
        timeout(bound, ask_plainly(&self.db, text, vars)).await.unwrap_or(Err(Failure::TimedOut(bound)))
    }

    /// The version that the engine says it has.
    pub(super) async fn version(&self) -> Result<String, Failure> {
        Ok(self.db.version().await?.to_string())
    }

    pub(super) fn is_to_server(&self) -> bool {
        self.peer == Peer::Server
    }

    /// Whether it can't be used any more. An engine on a disk that was full keeps what it failed to write and appends it
    /// with the next record, so that its log says more than it knows: it has to read that again.
    pub(super) fn is_ended_by(&self, failure: &Failure) -> bool {
        match self.peer {
            Peer::Memory => false,
            Peer::Directory => matches!(failure, Failure::Engine(_) | Failure::Unsafe),
            Peer::Server => failure.ends_the_connection(),
        }
    }

    /// Whether an engine has to be opened again before more is written.
    pub(super) fn is_full(&self) -> bool {
        self.growth.as_ref().is_some_and(Growth::is_enough)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    pub(super) fn mark_lost(&self) {
        self.lost.store(true, Ordering::Release);
    }

    /// Makes whoever waits in [`Link::doubted`] go on.
    pub(super) fn doubt(&self) {
        self.doubted.notify_one();
    }

    /// Waits until an answer has failed to come.
    pub(super) async fn doubted(&self) {
        self.doubted.notified().await;
    }
}

/// Asks the engine one text, however long it takes. Its first error counts, since a text is one statement or one
/// transaction.
pub(crate) async fn ask_plainly(
    db: &Surreal<Any>,
    text: impl Into<Cow<'static, str>>,
    vars: Variables,
) -> Result<IndexedResults, Failure> {
    let mut answer = db.query(text.into()).bind(vars).await?;
    match Failure::of_statements(answer.take_errors()) {
        Some(failure) => Err(failure),
        None => Ok(answer),
    }
}

/// The value of the only statement of a text.
pub(crate) fn value<T: SurrealValue>(mut answer: IndexedResults) -> Result<T, Unread> {
    let value: Value = answer.take(0).map_err(Unread::corrupt)?;
    T::from_value(value).map_err(Unread::corrupt)
}

pub(crate) fn vars<const N: usize>(values: [(&str, Value); N]) -> Variables {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
