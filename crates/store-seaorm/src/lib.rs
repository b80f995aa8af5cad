//! The store on SQL, through SeaORM: SQLite, PostgreSQL, MySQL and MariaDB.
//!
//! [`SqlStore`] is every store port at once: the user side ([`UserRepo`](parlour_domain::port::UserRepo),
//! [`SessionRepo`](parlour_domain::port::SessionRepo)) and the room side ([`RoomRepo`](parlour_domain::port::RoomRepo),
//! [`InboxRepo`](parlour_domain::port::InboxRepo)); a wiring may use both or one of them. The laws that it obeys are in
//! `parlour-store-contract`, and `tests/contract.rs` proves each of them.
//!
//! Where to look: `schema/` has the tables as SQL, `row/` what a row of each means, `commit.rs` the one write that
//! changes rooms, `classify.rs` what an engine's error means.

#[cfg(not(any(feature = "mysql", feature = "postgres", feature = "sqlite")))]
compile_error!("choose at least one engine: mysql, postgres, sqlite");

mod classify;
mod commit;
mod connect;
mod inbox_repo;
mod room_repo;
mod row;
mod schema;
mod session_repo;
mod user_repo;

pub use connect::{ConnectError, SqlStore};
