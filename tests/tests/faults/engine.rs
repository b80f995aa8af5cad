//! The stores on which faults happen.

use std::sync::Arc;

use parlour_domain::port::{
    CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_store_memory::MemoryStore;
use parlour_store_seaorm::SqlStore;
use parlour_store_surrealdb::SurrealStore;
use tempfile::TempDir;

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    Sqlite,
    SurrealDb,
}

/// An empty store that nobody else uses, without anything before its ports.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) kind: Kind,
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) passkeys: Arc<dyn PasskeyRepo>,
    pub(crate) ceremonies: Arc<dyn CeremonyRepo>,
    pub(crate) profiles: Arc<dyn ProfileRepo>,
    pub(crate) contacts: Arc<dyn ContactRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
    _directory: Option<Arc<TempDir>>,
}

impl Engine {
    pub(crate) async fn start(kind: Kind) -> Self {
        match kind {
            Kind::Memory => Self::of(kind, MemoryStore::new(), None),
            Kind::Sqlite => {
                let directory = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
                Self::of(kind, SqlStore::connect(&url).await.unwrap(), Some(Arc::new(directory)))
            }
            Kind::SurrealDb => Self::of(kind, SurrealStore::connect("surreal-mem:").await.unwrap(), None),
        }
    }

    fn of<S>(kind: Kind, store: S, directory: Option<Arc<TempDir>>) -> Self
    where
        S: UserRepo
            + SessionRepo
            + PasskeyRepo
            + CeremonyRepo
            + ProfileRepo
            + ContactRepo
            + RoomRepo
            + InboxRepo
            + Clone
            + 'static,
    {
        Self {
            kind,
            users: Arc::new(store.clone()),
            sessions: Arc::new(store.clone()),
            passkeys: Arc::new(store.clone()),
            ceremonies: Arc::new(store.clone()),
            profiles: Arc::new(store.clone()),
            contacts: Arc::new(store.clone()),
            rooms: Arc::new(store.clone()),
            inboxes: Arc::new(store),
            _directory: directory,
        }
    }

    /// Whether it gets slower with everything that is in it. It takes no time to start another.
    pub(crate) fn searches_all_it_has(&self) -> bool {
        self.kind == Kind::Memory
    }

    /// Whether a call does all its work when it is first polled, so that nothing of it goes on when it is dropped.
    pub(crate) fn works_at_once(&self) -> bool {
        self.kind == Kind::Memory
    }
}
