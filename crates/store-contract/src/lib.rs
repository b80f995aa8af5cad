//! The laws that every store of Parlour obeys: the proof of the ports [`UserRepo`](parlour_domain::port::UserRepo),
//! [`SessionRepo`](parlour_domain::port::SessionRepo), [`RoomRepo`](parlour_domain::port::RoomRepo) and
//! [`InboxRepo`](parlour_domain::port::InboxRepo).
//!
//! Every MUST in the docs of those ports names its law, and each law is one async function here that looks at a store
//! through the ports alone. A store opts in with a [`Harness`] and one line, and gets one test per law:
//!
//! ```text
//! parlour_store_contract::contract_tests!(MyHarness);
//! ```
//!
//! That the laws bite is proved too: the module [`saboteur`] has one broken store for each of them.

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
