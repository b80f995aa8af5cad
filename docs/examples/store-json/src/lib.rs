//! Users and rooms of Parlour in a file of JSON: the example of `docs/new-store.md`.
//!
//! The whole file is held in memory. A write changes a copy of that, replaces the file, and only then answers. That is
//! right for a handful of people, and small enough to be read in one sitting.

mod archive;
mod ceremony_repo;
mod classify;
mod commit;
mod connect;
mod contact_repo;
mod inbox_repo;
mod passkey_repo;
mod profile_repo;
mod room_repo;
mod row;
mod schema;
mod session_repo;
mod user_repo;

pub use connect::{ConnectError, JsonStore};
