//! The life of one socket, in one task.

use std::convert::Infallible;

use bytestring::ByteString;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::Limits;
use crate::command::{Command, Refused};
use crate::farewell::Farewell;
use crate::feed::Feed;
use crate::frame;
use crate::hub::Registration;
use crate::incoming::{Incoming, Received};
use crate::outlet::Outlet;
use crate::watch::Watch;

/// A socket whose caller was let in.
pub(crate) struct Session {
    /// Taken out of the hub first, so that a peer who reads the close frame can connect again.
    pub(crate) registration: Registration,
    pub(crate) conversation: Conversation,
    pub(crate) watch: Watch,
    /// Dropped last: the hub waits for it when it closes.
    pub(crate) attendance: TaskTrackerToken,
}

/// What is said on a socket.
pub(crate) struct Conversation {
    pub(crate) greeting: Option<ByteString>,
    pub(crate) feed: Feed,
    pub(crate) incoming: Incoming,
    pub(crate) outlet: Outlet,
    pub(crate) limits: Limits,
}

impl Session {
    /// Lives until the peer goes, the session ends, or the hub closes the socket.
    pub(crate) async fn run(self) {
        let Self { registration, mut conversation, watch, attendance } = self;
        let caller = registration.mailbox().caller();
        tracing::debug!("socket opened");
        let farewell = tokio::select! {
            farewell = registration.mailbox().closed() => farewell,
            farewell = watch.until_over(caller) => farewell,
            farewell = conversation.hold() => farewell,
        };
        tracing::debug!(?farewell, "socket closes");
        drop(registration);
        conversation.outlet.close(&farewell).await;
        drop(attendance);
    }
}

impl Conversation {
    async fn hold(&mut self) -> Farewell {
        match self.talk().await {
            Ok(never) => match never {},
            Err(farewell) => farewell,
        }
    }

    async fn talk(&mut self) -> Result<Infallible, Farewell> {
        if let Some(greeting) = self.greeting.take() {
            self.outlet.text(greeting).await?;
        }
        let mut ticks = ticks(&self.limits);
        let mut unanswered = 0;
        loop {
            tokio::select! {
                text = self.feed.next() => self.outlet.text(text).await?,
                received = self.incoming.next() => {
                    let received = received?;
                    unanswered = 0;
                    self.answer(received).await?;
                }
                _ = ticks.tick() => {
                    if unanswered >= self.limits.missed_pings {
                        return Err(Farewell::Silent);
                    }
                    unanswered += 1;
                    self.outlet.ping().await?;
                }
            }
        }
    }

    async fn answer(&mut self, received: Received) -> Result<(), Farewell> {
        let refused = match received {
            Received::Ping(bytes) => return self.outlet.pong(&bytes).await,
            Received::Pong => return Ok(()),
            Received::Binary => Refused::binary(),
            Received::Text(text) => match Command::parse(&text, self.feed.sent()) {
                // An acknowledgement only allows to forget early, which nothing does yet.
                Ok(Command::Ack(_) | Command::Heartbeat) => return Ok(()),
                Err(refused) => refused,
            },
        };
        self.outlet.text(frame::refusal(&refused)).await
    }
}

fn ticks(limits: &Limits) -> Interval {
    let mut ticks = interval_at(Instant::now() + limits.ping_interval, limits.ping_interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
