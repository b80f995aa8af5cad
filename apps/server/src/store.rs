//! One store, seen through the ports: nothing here knows which engine it is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};

/// A store that was opened; clones are the same store.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
    close: Arc<dyn Fn() -> Closing + Send + Sync>,
}

type Closing = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Store {
    /// Takes an adapter that fills all four ports, and how it is closed.
    pub(crate) fn of<S, F>(adapter: S, close: impl Fn(S) -> F + Send + Sync + 'static) -> Self
    where
        S: UserRepo + SessionRepo + RoomRepo + InboxRepo + Clone + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let ports = Arc::new(adapter.clone());
        Self {
            users: ports.clone(),
            sessions: ports.clone(),
            rooms: ports.clone(),
            inboxes: ports,
            close: Arc::new(move || Box::pin(close(adapter.clone()))),
        }
    }

    /// Closes it, for all of its clones.
    pub(crate) async fn close(&self) {
        (self.close)().await;
    }
}
