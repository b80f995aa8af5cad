//! The laws that every store of Parlour obeys: the proof of the ports [`UserRepo`](parlour_domain::port::UserRepo),
//! [`SessionRepo`](parlour_domain::port::SessionRepo), [`RoomRepo`](parlour_domain::port::RoomRepo) and
//! [`InboxRepo`](parlour_domain::port::InboxRepo).
//!
//! Every MUST in the docs of those ports names its law, and each law is one async function here that looks at a store
//! through the ports alone. A store opts in with a [`Harness`] and one line, and gets one test per law, each on a store
//! of its own:
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use parlour_domain::port::{InboxRepo, RoomRepo, SessionRepo, UserRepo};
//! use parlour_domain::{RoomId, Seq, UserId};
//! use parlour_store_contract::Harness;
//! use parlour_store_memory::MemoryStore;
//!
//! struct Memory(MemoryStore);
//!
//! #[async_trait]
//! impl Harness for Memory {
//!     async fn fresh() -> Self {
//!         Self(MemoryStore::new())
//!     }
//!     async fn reopen(self) -> Self {
//!         self
//!     }
//!     fn users(&self) -> Arc<dyn UserRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn sessions(&self) -> Arc<dyn SessionRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn rooms(&self) -> Arc<dyn RoomRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn inboxes(&self) -> Arc<dyn InboxRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     async fn poison_user(&self, id: UserId) {
//!         self.0.poison_user(id);
//!     }
//!     async fn poison_room(&self, id: RoomId) {
//!         self.0.poison_room(id);
//!     }
//!     async fn poison_entry(&self, user: UserId, seq: Seq) {
//!         self.0.poison_entry(user, seq);
//!     }
//! }
//!
//! parlour_store_contract::contract_tests!(Memory);
//! # fn main() {}
//! ```
//!
//! That the laws bite is proved too: the module [`saboteur`] has one broken store for each of them. The list of laws
//! and saboteurs is in `registry.rs`; a new law is a function, a line there, and a MUST in the docs of its port.

#![expect(clippy::missing_errors_doc, reason = "the error of a law is the violation of it")]

mod concurrency;
mod corruption;
mod density;
mod dropped;
mod fidelity;
mod harness;
mod inbox;
mod observe;
mod refusal;
mod registry;
mod rooms;
mod sessions;
mod users;
mod violation;

mod commit;
pub mod fixture;
pub mod saboteur;

use registry::law_list;

pub use concurrency::race_direct_rooms;
pub use harness::Harness;
pub use registry::{LAWS, NUMBER_OF_LAWS, laws, prove};
pub use violation::Violation;
