//! What the suite needs to know of a store: how to get an empty one, and how to look at it.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use async_trait::async_trait;
use parlour_domain::port::{
    Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{CredentialId, RoomId, Seq, UserId};

/// What a store keeps its data in: a column of the table of laws in `docs/stores.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// What it is called in that table.
    pub name: String,
    /// Its version, as the engine itself says; for a store without an engine, that of its crate.
    pub version: String,
}

/// A store under test, with what is needed to make one and to damage it.
///
/// Its methods may panic when the engine fails them: they are no part of what is tested.
#[async_trait]
pub trait Harness: Sized + Send + Sync + 'static {
    /// How many laws may run on such stores at once, each on up to three stores: a server lets only so many connect. As many
    /// as there are threads for tests when it is not said.
    const AT_ONCE: usize = usize::MAX;

    /// An empty store that nobody else uses.
    async fn fresh() -> Self;

    /// Closes the store and opens the same data again, also as the target of an import that was not finished.
    async fn reopen(self) -> Self;

    /// Opens what another process finds once this one was killed, at this very moment: nothing is closed, and nothing that
    /// was not written yet is written any more. For a store in files that is a [copy](copy_files) of them, for one on a
    /// server another connection. A store that ends with its process is itself.
    async fn crash(self) -> Self;

    /// What it runs on. Asked only when the laws that hold are to be written down.
    async fn engine(&self) -> Engine;

    /// Its users.
    fn users(&self) -> Arc<dyn UserRepo>;

    /// Its sessions.
    fn sessions(&self) -> Arc<dyn SessionRepo>;

    /// Its passkeys.
    fn passkeys(&self) -> Arc<dyn PasskeyRepo>;

    /// Its ceremonies.
    fn ceremonies(&self) -> Arc<dyn CeremonyRepo>;

    /// The profiles of its users.
    fn profiles(&self) -> Arc<dyn ProfileRepo>;

    /// The policies and blocks of its users.
    fn contacts(&self) -> Arc<dyn ContactRepo>;

    /// Its rooms.
    fn rooms(&self) -> Arc<dyn RoomRepo>;

    /// Its inboxes.
    fn inboxes(&self) -> Arc<dyn InboxRepo>;

    /// Everything that it keeps.
    fn archive(&self) -> Arc<dyn Archive>;

    /// Makes the stored row of that user unparsable, behind the store's back.
    async fn poison_user(&self, id: UserId);

    /// Makes the stored row of that passkey unparsable, behind the store's back.
    async fn poison_passkey(&self, id: &CredentialId);

    /// Makes the stored row of that room unparsable, behind the store's back.
    async fn poison_room(&self, id: RoomId);

    /// Makes that stored inbox entry unparsable, behind the store's back.
    async fn poison_entry(&self, user: UserId, seq: Seq);
}

/// Copies what is in a directory into another one that is there, as it is now.
///
/// # Errors
///
/// Something can't be read or written.
pub fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&copy)?;
            copy_files(&entry.path(), &copy)?;
        } else {
            fs::copy(entry.path(), copy)?;
        }
    }
    Ok(())
}
