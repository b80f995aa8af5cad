//! The laws that every store of Parlour obeys: the proof of the ports [`UserRepo`](parlour_domain::port::UserRepo),
//! [`SessionRepo`](parlour_domain::port::SessionRepo), [`PasskeyRepo`](parlour_domain::port::PasskeyRepo),
//! [`CeremonyRepo`](parlour_domain::port::CeremonyRepo), [`ProfileRepo`](parlour_domain::port::ProfileRepo),
//! [`ContactRepo`](parlour_domain::port::ContactRepo), [`RoomRepo`](parlour_domain::port::RoomRepo),
//! [`InboxRepo`](parlour_domain::port::InboxRepo) and [`Archive`](parlour_domain::port::Archive).
//!
//! Every MUST in the docs of those ports names its law, and each law is one async function here that looks at a store
//! through the ports alone. A store opts in with a [`Harness`] and one line, and gets one test per law, each on a store
//! of its own:
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use parlour_domain::port::{
//!     Archive, CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
//! };
//! use parlour_domain::{CredentialId, RoomId, Seq, UserId};
//! use parlour_store_contract::{Engine, Harness};
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
//!     async fn crash(self) -> Self {
//!         self
//!     }
//!     async fn engine(&self) -> Engine {
//!         Engine { name: "memory".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
//!     }
//!     fn users(&self) -> Arc<dyn UserRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn sessions(&self) -> Arc<dyn SessionRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn passkeys(&self) -> Arc<dyn PasskeyRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn ceremonies(&self) -> Arc<dyn CeremonyRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn profiles(&self) -> Arc<dyn ProfileRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn contacts(&self) -> Arc<dyn ContactRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn rooms(&self) -> Arc<dyn RoomRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn inboxes(&self) -> Arc<dyn InboxRepo> {
//!         Arc::new(self.0.clone())
//!     }
//!     fn archive(&self) -> Arc<dyn Archive> {
//!         Arc::new(self.0.clone())
//!     }
//!     async fn poison_user(&self, id: UserId) {
//!         self.0.poison_user(id);
//!     }
//!     async fn poison_passkey(&self, id: &CredentialId) {
//!         self.0.poison_passkey(id);
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
//! A law that is broken fails its test with a [`Violation`]: which MUST of which port, what the law did, what it expected
//! and what it saw. A panic in the store and an answer that does not come are violations like any other. With
//! `PARLOUR_WRITE_LAWS` set to a directory, each law that holds is written down there, by engine: the table in
//! `docs/stores.md` is made of that.
//!
//! That the laws bite is proved too: the module [`saboteur`] has one broken store for each of them. The list of laws
//! and saboteurs is in `registry.rs`; a new law is a function, a line there, and a MUST in the docs of its port.

#![expect(clippy::missing_errors_doc, reason = "the error of a law is the violation of it")]

mod archive;
mod bounds;
mod ceremonies;
mod changes;
mod concurrency;
mod contacts;
mod contest;
mod contest_of_rooms;
mod corruption;
mod crash;
mod density;
mod dropped;
mod durability;
mod emptiness;
mod fidelity;
mod going;
mod harness;
mod import;
mod imported;
mod inbox;
mod keys_at_once;
mod observe;
mod passkeys;
mod profiles;
mod prove;
mod record;
mod refusal;
mod registrations;
mod registry;
mod rooms;
mod session_ends;
mod sessions;
mod shared;
mod trail;
mod turn;
mod users;
mod violation;
mod wholeness;
mod world;

mod commit;
pub mod fixture;
pub mod saboteur;

use registry::law_list;

pub use concurrency::race_direct_rooms;
pub use harness::{Engine, Harness, copy_files};
pub use prove::{examine, examine_within, prove, prove_law};
pub use record::WRITE_LAWS;
pub use registry::{LAWS, NUMBER_OF_LAWS, laws};
pub use violation::Violation;
