//! A crowd at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::asking::{Bears, News};
use super::ledger::Ledger;

/// Writers at work.
#[derive(Debug)]
pub struct Writing {
    writers: JoinSet<anyhow::Result<()>>,
    reports: mpsc::UnboundedReceiver<News>,
    enough: Option<Arc<AtomicBool>>,
    ledger: Ledger,
    acknowledged: u64,
    refused: u64,
}

impl Writing {
    pub(super) fn new(
        writers: JoinSet<anyhow::Result<()>>,
        reports: mpsc::UnboundedReceiver<News>,
        bears: &Bears,
    ) -> Self {
        let enough = match bears {
            Bears::Nothing => None,
            Bears::Outages { enough, .. } => Some(Arc::clone(enough)),
        };
        Self { writers, reports, enough, ledger: Ledger::default(), acknowledged: 0, refused: 0 }
    }

    /// How many creations and deletions were acknowledged, as far as is reported.
    #[must_use]
    pub const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// How many requests were refused with 503, as far as is reported.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Waits for the next report.
    pub async fn progress(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            Some(ended) = self.writers.join_next() => {
                ended??;
                bail!("a writer lost a server that was not killed")
            }
            Some(news) = self.reports.recv() => {
                self.enter(news);
                Ok(())
            }
        }
    }

    /// Waits until every writer has noticed that the server is gone or that it is enough, and enters what they know.
    pub async fn end(mut self, ledger: &mut Ledger) -> anyhow::Result<()> {
        if let Some(enough) = &self.enough {
            enough.store(true, Ordering::Relaxed);
        }
        while let Some(ended) = self.writers.join_next().await {
            ended??;
        }
        while let Ok(news) = self.reports.try_recv() {
            self.enter(news);
        }
        ledger.take_over(self.ledger);
        Ok(())
    }

    fn enter(&mut self, news: News) {
        match news {
            News::Created(creator, room) => {
                self.acknowledged += 1;
                self.ledger.acknowledge(creator, room);
            }
            News::Deleted(room) => {
                self.acknowledged += 1;
                self.ledger.perhaps_deleted.insert(room.clone());
                self.ledger.deleted.insert(room);
            }
            News::Refused => self.refused += 1,
            News::Repeated(was_done) => self.ledger.repeat(was_done),
            News::Doubt(doubt) => self.ledger.doubt(doubt),
            News::DeletionInDoubt(room) => {
                self.ledger.perhaps_deleted.insert(room);
            }
            News::Said(saying) => self.ledger.hear(saying),
            News::SayingInDoubt(saying) => self.ledger.hear_perhaps(saying),
        }
    }
}
