//! One store, seen through the ports: nothing here knows which engine it is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};

/// A store that was opened; clones are the same store.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) passkeys: Arc<dyn PasskeyRepo>,
    pub(crate) ceremonies: Arc<dyn CeremonyRepo>,
    pub(crate) profiles: Arc<dyn ProfileRepo>,
    pub(crate) contacts: Arc<dyn ContactRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
    pub(crate) archive: Arc<dyn Archive>,
    close: Arc<dyn Fn() -> Closing + Send + Sync>,
}

type Closing = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Store {
    /// Takes an adapter that fills all ports of a store, and how it is closed.
    pub(crate) fn of<S, F>(adapter: S, close: impl Fn(S) -> F + Send + Sync + 'static) -> Self
    where
        S: UserRepo
            + SessionRepo
            + PasskeyRepo
            + CeremonyRepo
            + ProfileRepo
            + ContactRepo
            + RoomRepo
            + InboxRepo
            + Archive
            + Clone
            + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let ports = Arc::new(adapter.clone());
        Self {
            users: ports.clone(),
            sessions: ports.clone(),
            passkeys: ports.clone(),
            ceremonies: ports.clone(),
            profiles: ports.clone(),
            contacts: ports.clone(),
            rooms: ports.clone(),
            inboxes: ports.clone(),
            archive: ports,
            close: Arc::new(move || Box::pin(close(adapter.clone()))),
        }
    }

    /// Closes it, for all of its clones.
    pub(crate) async fn close(&self) {
        (self.close)().await;
    }
}
