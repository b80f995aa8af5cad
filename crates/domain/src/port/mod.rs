//! What the hexagon asks of the outside: one trait a file.
//!
//! Every port is dyn-safe and held as `Arc<dyn Port>`. Stores never mint ids or instants, so [`Clock`] and
//! [`IdSource`] are ports too. Each MUST below names the law of the crate `parlour-store-contract` that proves it.

mod clock;
mod disconnector;
mod error;
mod id_source;
mod inbox_repo;
mod notifier;
mod room_repo;
mod session_repo;
mod user_repo;

pub use clock::Clock;
pub use disconnector::Disconnector;
pub use error::{CommitError, InsertUserError, NotifyError, ReadError, Source, WriteError};
pub use id_source::IdSource;
pub use inbox_repo::InboxRepo;
pub use notifier::{Notice, Notifier};
pub use room_repo::{Committed, RoomRepo};
pub use session_repo::SessionRepo;
pub use user_repo::UserRepo;

#[cfg(any(test, feature = "mocks"))]
pub(crate) mod mock {
    pub use super::clock::MockClock;
    pub use super::disconnector::MockDisconnector;
    pub use super::id_source::MockIdSource;
    pub use super::inbox_repo::MockInboxRepo;
    pub use super::notifier::MockNotifier;
    pub use super::room_repo::MockRoomRepo;
    pub use super::session_repo::MockSessionRepo;
    pub use super::user_repo::MockUserRepo;
}
