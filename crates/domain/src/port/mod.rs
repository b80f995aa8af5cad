//! What the hexagon asks of the outside: one trait a file.
//!
//! Every port is dyn-safe and held as `Arc<dyn Port>`. Stores never mint ids or instants, so [`Clock`] and
//! [`IdSource`] are ports too. Each MUST below names the law of the crate `parlour-store-contract` that proves it.

mod archive;
mod ceremony_repo;
mod clock;
mod contact_repo;
mod disconnector;
mod error;
mod id_source;
mod inbox_repo;
mod notifier;
mod passkey_repo;
mod profile_repo;
mod relying_party;
mod room_repo;
mod session_repo;
mod token_verifier;
mod user_repo;

pub use archive::{Archive, ArchivePage, CorruptRecord};
pub use ceremony_repo::CeremonyRepo;
pub use clock::Clock;
pub use contact_repo::ContactRepo;
pub use disconnector::Disconnector;
pub use error::{
    AddPasskeyError, CommitError, ImportError, InsertUserError, NotifyError, ReadError, RegisterError, Source,
    TakeError, WriteError,
};
pub use id_source::IdSource;
pub use inbox_repo::InboxRepo;
pub use notifier::{Notice, Notifier};
pub use passkey_repo::PasskeyRepo;
pub use profile_repo::ProfileRepo;
pub use relying_party::{
    BeginError, BegunCeremony, CredentialClaim, MalformedResponse, NewCredential, PasskeyUser, RelyingParty,
    VerifiedUse, VerifyError,
};
pub use room_repo::{Committed, RoomRepo};
pub use session_repo::SessionRepo;
pub use token_verifier::{TokenVerifier, VerifyTokenError};
pub use user_repo::UserRepo;

#[cfg(any(test, feature = "mocks"))]
pub(crate) mod mock {
    pub use super::archive::MockArchive;
    pub use super::ceremony_repo::MockCeremonyRepo;
    pub use super::clock::MockClock;
    pub use super::contact_repo::MockContactRepo;
    pub use super::disconnector::MockDisconnector;
    pub use super::id_source::MockIdSource;
    pub use super::inbox_repo::MockInboxRepo;
    pub use super::notifier::MockNotifier;
    pub use super::passkey_repo::MockPasskeyRepo;
    pub use super::profile_repo::MockProfileRepo;
    pub use super::relying_party::MockRelyingParty;
    pub use super::room_repo::MockRoomRepo;
    pub use super::session_repo::MockSessionRepo;
    pub use super::token_verifier::MockTokenVerifier;
    pub use super::user_repo::MockUserRepo;
}
