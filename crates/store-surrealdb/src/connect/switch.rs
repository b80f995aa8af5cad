//! Which connection is the one in use, and how the next one comes to be.
//!
//! The client of a server reconnects by itself, but without end, and what is asked meanwhile waits; one that sees its
//! peer say nothing notices nothing. So a connection in doubt is thrown away here, and another one is made: signed in
//! with the credentials, the schema looked at, nothing remembered. Whatever is asked in between is refused soon. An engine
//! in this process that could not write to its disk is closed and opened again in the same way.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use surrealdb::types::Variables;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::directory::{CLOSING_PATIENCE, LOCK_PATIENCE};
use super::link::{Link, PULSE};
use super::place::Place;
use crate::classify::Failure;

/// A connection that nobody uses is asked so often whether it still answers.
const PULSE_EVERY: Duration = Duration::from_secs(5);
/// How long a question waits for the first attempt to connect anew after a failure: a connection that was only cut is
/// there again by then, and a server that is away is known to be.
const GRACE: Duration = Duration::from_secs(5);
/// The pause between two attempts to connect.
const DIAL_PAUSE: Duration = Duration::from_millis(500);

/// Why there is no connection for a moment.
#[derive(Clone, Copy)]
enum Gap {
    /// An engine that is in order is closed and opened again.
    Renewal,
    Failure,
}

impl Gap {
    /// How long a question waits for the first attempt to connect anew.
    const fn grace(self) -> Duration {
        match self {
            Self::Renewal => CLOSING_PATIENCE,
            Self::Failure => GRACE,
        }
    }

    const fn lock_patience(self) -> Duration {
        match self {
            Self::Renewal => CLOSING_PATIENCE,
            Self::Failure => LOCK_PATIENCE,
        }
    }
}

#[derive(Clone)]
enum State {
    Up(Arc<Link>),
    /// The connection is given up, and the first attempt to make another one is under way.
    Dialling(Gap),
    /// It failed; more are made.
    Down(Arc<str>),
    Closed,
}

pub(super) struct Switch {
    state: watch::Sender<State>,
    bound: Option<Duration>,
    /// How many texts were asked.
    #[cfg(test)]
    pub(super) questions: std::sync::atomic::AtomicUsize,
}

impl Switch {
    pub(super) fn new(link: Link) -> Self {
        let bound = link.bound;
        Self {
            state: watch::Sender::new(State::Up(Arc::new(link))),
            bound,
            #[cfg(test)]
            questions: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    pub(super) const fn bound(&self) -> Option<Duration> {
        self.bound
    }

    /// The connection, `None` while one is being made.
    pub(super) fn now(&self) -> Result<Option<Arc<Link>>, Failure> {
        match &*self.state.borrow() {
            State::Up(link) => Ok(Some(Arc::clone(link))),
            State::Dialling(_) => Ok(None),
            State::Down(why) => Err(Failure::Away(why.as_ref().into())),
            State::Closed => Err(Failure::Closed),
        }
    }

    /// The connection; waits a little when it is being made.
    pub(super) async fn link(&self) -> Result<Arc<Link>, Failure> {
        let mut states = self.state.subscribe();
        let gap = match &*self.state.borrow() {
            State::Dialling(gap) => *gap,
            _ => Gap::Failure,
        };
        let settled = timeout(gap.grace(), states.wait_for(|state| !matches!(state, State::Dialling(_)))).await.is_ok();
        match self.now()? {
            Some(link) if settled => Ok(link),
            _ => Err(Failure::Away("another connection is being made".to_owned())),
        }
    }

    /// Takes a connection out of use that is in order, so that another one is made.
    pub(super) fn renew(&self, link: &Arc<Link>) {
        if self.take_out(link, Gap::Renewal) {
            tracing::debug!("engine is closed and opened again");
        }
    }

    /// Takes a connection in doubt out of use, if it still is in use.
    pub(super) fn lose(&self, link: &Arc<Link>, why: &Failure) {
        let is_news = self.take_out(link, Gap::Failure);
        match why {
            // Nobody notices.
            Failure::Expired => {}
            _ if is_news => {
                tracing::warn!(why = why as &dyn std::error::Error, "connection to the database is given up");
            }
            _ => {}
        }
    }

    fn take_out(&self, link: &Arc<Link>, gap: Gap) -> bool {
        link.mark_lost();
        self.state.send_if_modified(|state| match state {
            State::Up(current) if Arc::ptr_eq(current, link) => {
                *state = State::Dialling(gap);
                true
            }
            _ => false,
        })
    }

    /// Ends it: what has begun keeps the connection that it has.
    pub(super) fn close(&self) {
        self.state.send_replace(State::Closed);
    }

    async fn closed(&self) {
        // The sender is `self`, so waiting cannot fail.
        self.state.subscribe().wait_for(|state| matches!(state, State::Closed)).await.map(drop).ok();
    }

    fn set_unless_closed(&self, new: State) {
        self.state.send_if_modified(|state| {
            let is_open = !matches!(state, State::Closed);
            if is_open {
                *state = new;
            }
            is_open
        });
    }
}

/// Keeps a connection to `place` up until the store is closed; the next one has the number `next`.
pub(super) async fn keep(switch: Arc<Switch>, place: Place, next: u64) {
    tokio::select! {
        () = keep_up(&switch, &place, next) => {}
        () = switch.closed() => {}
    }
}

async fn keep_up(switch: &Switch, place: &Place, mut next: u64) {
    loop {
        let (link, gap) = match &*switch.state.borrow() {
            State::Up(link) => (Some(Arc::clone(link)), Gap::Failure),
            State::Dialling(gap) => (None, *gap),
            State::Down(_) => (None, Gap::Failure),
            State::Closed => return,
        };
        match link {
            Some(link) => {
                watch_over(switch, &link).await;
                // An engine in this process lives until the last one lets go of it.
                wait_for_room(switch, place).await;
            }
            None => connect_anew(switch, place, &mut next, gap).await,
        }
    }
}

/// Returns when the connection should be looked at again.
async fn watch_over(switch: &Switch, link: &Arc<Link>) {
    let mut states = switch.state.subscribe();
    let mut lost = pin!(states.wait_for(|state| !matches!(state, State::Up(_))));
    if !link.is_to_server() {
        // An engine in this process cannot go away unnoticed.
        lost.await.map(drop).ok();
        return;
    }
    tokio::select! {
        _ = &mut lost => return,
        () = sleep(PULSE_EVERY) => {}
        () = link.doubted() => {}
    }
    if let Err(failure) = link.ask(PULSE.into(), Variables::default()).await {
        switch.lose(link, &failure);
    }
}

async fn wait_for_room(switch: &Switch, place: &Place) {
    while !matches!(*switch.state.borrow(), State::Up(_)) && !place.can_be_closed() {
        switch.set_unless_closed(State::Down("there is no room on the disk".into()));
        sleep(DIAL_PAUSE).await;
    }
}

async fn connect_anew(switch: &Switch, place: &Place, next: &mut u64, gap: Gap) {
    let mut dialling = pin!(place.open(*next, gap.lock_patience()));
    let dialled = match timeout(gap.grace(), &mut dialling).await {
        Ok(dialled) => dialled,
        Err(_) => {
            // Nobody waits for it any longer.
            switch.set_unless_closed(State::Down("connecting takes long".into()));
            dialling.await
        }
    };
    match dialled {
        Ok(link) => {
            *next += 1;
            tracing::info!("connected to the database again");
            switch.set_unless_closed(State::Up(Arc::new(link)));
        }
        Err(error) => {
            tracing::debug!(%error, "database is still away");
            switch.set_unless_closed(State::Down(error.to_string().into()));
            sleep(DIAL_PAUSE).await;
        }
    }
}
