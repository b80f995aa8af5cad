//! Asking a server that may go away, and telling what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::sync::mpsc;

use super::ledger::{Doubt, Saying};
use crate::{Client, Reply, is_lost};

/// How long somebody who was refused waits before the next try: less than a person would, to be there when things go
/// wrong.
const PAUSE: Duration = Duration::from_millis(100);

/// What a client bears.
#[derive(Debug, Clone)]
pub(super) enum Bears {
    /// Every answer is a success, until the server is gone.
    Nothing,
    /// The server is always there and answers within the bound, perhaps with 503, until it is enough.
    Outages { bound: Duration, enough: Arc<AtomicBool> },
}

pub(super) enum News {
    Created(usize, Value),
    Deleted(String),
    /// A request was refused for now.
    Refused,
    /// A creation that had been refused was answered; whether with what the first try had done.
    Repeated(bool),
    /// A creation was refused for now, or the server was gone before it answered.
    Doubt(Doubt),
    DeletionInDoubt(String),
    Said(Saying),
    SayingInDoubt(Saying),
}

/// What came of a request.
pub(super) enum Came {
    Answer(Reply),
    Refused,
    Lost,
}

/// Somebody's client, and whoever keeps the ledger.
pub(super) struct Asking {
    pub(super) client: Client,
    pub(super) bears: Bears,
    pub(super) report: mpsc::UnboundedSender<News>,
}

impl Asking {
    pub(super) fn has_enough(&self) -> bool {
        matches!(&self.bears, Bears::Outages { enough, .. } if enough.load(Ordering::Relaxed))
    }

    /// Sends a request. Whoever bears outages checks here that each is answered, in time and properly.
    pub(super) async fn ask(
        &self,
        what: &str,
        request: impl Future<Output = anyhow::Result<Reply>>,
    ) -> anyhow::Result<Came> {
        let began = Instant::now();
        let answer = request.await;
        match &self.bears {
            Bears::Nothing => match answer {
                Ok(reply) => Ok(Came::Answer(reply)),
                Err(error) if is_lost(&error) => Ok(Came::Lost),
                Err(error) => Err(error),
            },
            Bears::Outages { bound, .. } => {
                let reply = answer.with_context(|| format!("{what} has an answer"))?;
                let took = began.elapsed();
                ensure!(took <= *bound, "{what} was answered after {took:?} with {}: {}", reply.status, reply.body);
                match reply.status {
                    503 => {
                        reply.assert_unavailable()?;
                        self.tell(News::Refused)?;
                        Ok(Came::Refused)
                    }
                    409 if reply.body["type"] == "/problems/request-in-progress" => Ok(Came::Refused),
                    _ => Ok(Came::Answer(reply)),
                }
            }
        }
    }

    pub(super) async fn pause(&self) -> anyhow::Result<bool> {
        tokio::time::sleep(PAUSE).await;
        Ok(true)
    }

    pub(super) fn tell(&self, news: News) -> anyhow::Result<()> {
        self.report.send(news).ok().context("somebody keeps the ledger")
    }
}
