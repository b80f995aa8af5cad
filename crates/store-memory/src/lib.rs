//! The reference store: users and rooms in memory.
//!
//! Small, correct and concurrent: one lock around the tables of `schema.rs`; a write checks everything first and then
//! applies what cannot fail. Rows are kept in the primitive form of `row.rs` and parsed when they are read, like those
//! of every other store. For demos and for tests; everything is gone with the last handle.

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

pub use connect::MemoryStore;
