//! The store on SQL, through SeaORM: SQLite, PostgreSQL, MySQL and MariaDB.
//!
//! [`SqlStore`] is every store port at once: the user side ([`UserRepo`](parlour_domain::port::UserRepo),
//! [`SessionRepo`](parlour_domain::port::SessionRepo), [`ProfileRepo`](parlour_domain::port::ProfileRepo),
//! [`ContactRepo`](parlour_domain::port::ContactRepo)) and the room side ([`RoomRepo`](parlour_domain::port::RoomRepo),
//! [`InboxRepo`](parlour_domain::port::InboxRepo)); a wiring may use both or one of them. The laws that it obeys are in
//! `parlour-store-contract`, and `tests/contract.rs` proves each of them.
//!
//! # Choices
//!
//! - An event is stored once and an inbox entry points to it: copied into each entry, the creation of a group of 256
//!   would write some 13 MB instead of 50 kB. Creating a direct room is six statements and nine rows.
//! - A pair has one direct room by a unique index on the room's own row, so that the end of the room frees the pair.
//! - The ids of applied commits have a table of their own: they outlive their rooms.
//! - On SQLite one connection writes, the commits that wait for it share a sync, and others read beside it; it begins
//!   its transactions IMMEDIATE. PostgreSQL and MySQL lock the inbox heads in the order of the users, and what a
//!   deadlock or a serialization failure ended is tried again here before it becomes an error.
//! - No call waits for ever on a server. A connection is leased for one call, each statement has its time, and a lease
//!   that ends in doubt (too late, dropped by its caller, cut off) closes its connection instead of passing it on.
//!
//! Where to look: `schema/` has the tables as SQL, `row/` what a row of each means, `commit.rs` the one write that
//! changes rooms, `classify.rs` what an engine's error means.

#[cfg(not(any(feature = "mysql", feature = "postgres", feature = "sqlite")))]
compile_error!("choose at least one engine: mysql, postgres, sqlite");

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

#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "../tests/scratch/mod.rs"]
mod scratch;

pub use connect::{ConnectError, SqlStore};
