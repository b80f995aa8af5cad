//! A handle on the tables.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::schema::Tables;

/// Users and rooms in memory. A clone is another handle on the same tables.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    tables: Arc<RwLock<Tables>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere leaves the tables whole, since a write changes nothing before all that can fail is done.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tests do to rows behind the store's back.
#[cfg(feature = "poison")]
#[doc(hidden)]
impl MemoryStore {
    pub fn poison_user(&self, id: parlour_domain::UserId) {
        if let Some(row) = self.write().users.get_mut(&id.as_uuid()) {
            row.username.clear();
        }
    }

    pub fn poison_passkey(&self, id: &parlour_domain::CredentialId) {
        if let Some(row) = self.write().passkeys.get_mut(id) {
            row.name.clear();
        }
    }

    pub fn poison_room(&self, id: parlour_domain::RoomId) {
        if let Some(row) = self.write().rooms.get_mut(&id.as_uuid()) {
            row.kind.clear();
        }
    }

    pub fn poison_entry(&self, user: parlour_domain::UserId, seq: parlour_domain::Seq) {
        let mut tables = self.write();
        let inbox = tables.inboxes.get_mut(&user.as_uuid());
        if let Some(row) = inbox.and_then(|inbox| inbox.entries.get_mut(&seq.get())) {
            row.event = Arc::from(&b"{"[..]);
        }
    }
}
