//! A store that can be made to fail, in front of the reference store.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{InboxRepo, ReadError, SessionRepo, WriteError};
use parlour_domain::{InboxPage, Seq, Session, SessionId, Timestamp, TokenHash, UserId};
use parlour_store_memory::MemoryStore;

pub(crate) struct Faulty {
    pub(crate) store: MemoryStore,
    rooms: Mutex<MemoryStore>,
    pub(crate) sessions_fail: AtomicBool,
    pub(crate) inboxes_fail: AtomicBool,
    /// Questions are taken and never answered.
    pub(crate) sessions_hang: AtomicBool,
    pub(crate) inboxes_hang: AtomicBool,
    /// After so many more look-ups every session is unknown.
    pub(crate) sessions_known_for: AtomicI64,
    pub(crate) inbox_reads: AtomicI64,
}

impl Faulty {
    pub(crate) fn new(store: MemoryStore) -> Self {
        Self {
            rooms: Mutex::new(store.clone()),
            store,
            sessions_fail: AtomicBool::new(false),
            inboxes_fail: AtomicBool::new(false),
            sessions_hang: AtomicBool::new(false),
            inboxes_hang: AtomicBool::new(false),
            sessions_known_for: AtomicI64::new(i64::MAX),
            inbox_reads: AtomicI64::new(0),
        }
    }
}

impl Faulty {
    /// The store of the rooms and the inboxes.
    pub(crate) fn rooms(&self) -> MemoryStore {
        self.rooms.lock().unwrap().clone()
    }

    /// Every room and every inbox is as if it had never been; users and sessions stay.
    pub(crate) fn lose_rooms(&self) {
        *self.rooms.lock().unwrap() = MemoryStore::new();
    }

    /// How often a session was looked up.
    pub(crate) fn session_reads(&self) -> i64 {
        i64::MAX - self.sessions_known_for.load(Ordering::SeqCst)
    }
}

async fn check(fails: &AtomicBool, hangs: &AtomicBool) -> Result<(), ReadError> {
    if hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    if fails.load(Ordering::SeqCst) { Err(ReadError::Unavailable("made to fail".into())) } else { Ok(()) }
}

#[async_trait]
impl SessionRepo for Faulty {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        SessionRepo::insert(&self.store, session).await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        let is_known = self.sessions_known_for.fetch_sub(1, Ordering::SeqCst) > 0;
        check(&self.sessions_fail, &self.sessions_hang).await?;
        if !is_known {
            return Ok(None);
        }
        self.store.find_by_token(hash).await
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        SessionRepo::list_of(&self.store, user).await
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        self.store.extend(id, expires_at).await
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.store.remove(id).await
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.store.remove_expired(now).await
    }
}

#[async_trait]
impl InboxRepo for Faulty {
    async fn read(&self, user: UserId, since: Seq, limit: u32) -> Result<InboxPage, ReadError> {
        self.inbox_reads.fetch_add(1, Ordering::SeqCst);
        check(&self.inboxes_fail, &self.inboxes_hang).await?;
        self.rooms().read(user, since, limit).await
    }

    async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
        check(&self.inboxes_fail, &self.inboxes_hang).await?;
        self.rooms().heads(users).await
    }

    async fn forget(&self, before: Timestamp) -> Result<u64, WriteError> {
        self.rooms().forget(before).await
    }
}
