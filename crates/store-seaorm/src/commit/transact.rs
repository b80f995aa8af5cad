//! Doing one thing in a transaction of its own.

use async_trait::async_trait;

use super::retry::Patience;
use super::{Stop, abandon, finish};
use crate::connect::{Db, Transaction};

/// What is done together or not at all.
#[async_trait]
pub(crate) trait Work: Sync {
    /// What it comes to.
    type Done: Send;

    async fn apply(&self, transaction: &Transaction) -> Result<Self::Done, Stop>;
}

impl Db {
    /// Does it, again when another transaction stood in its way.
    pub(crate) async fn transact<W: Work>(&self, work: &W) -> Result<W::Done, Stop> {
        let mut patience = Patience::new();
        loop {
            match self.try_once(work).await {
                Err(Stop::Locked) if patience.is_left() => patience.back_off().await,
                decided => return decided,
            }
        }
    }

    async fn try_once<W: Work>(&self, work: &W) -> Result<W::Done, Stop> {
        let transaction = self.begin().await?;
        match work.apply(&transaction).await {
            Ok(done) => finish(transaction).await.map(|()| done),
            Err(stop) => {
                abandon(transaction).await;
                Err(stop)
            }
        }
    }
}
