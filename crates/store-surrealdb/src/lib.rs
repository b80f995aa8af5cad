//! Users and rooms on SurrealDB: in memory (`surreal-mem:`), on SurrealKV (`surrealkv://PATH`), on RocksDB
//! (`rocksdb://PATH`, cargo feature `rocksdb`), or on a server (`ws://HOST/NAMESPACE/DATABASE`, `wss://...`).
//!
//! The database lives on a runtime of its own that the store owns: the engine wants several threads with big stacks, and
//! a write that has begun there is finished even when its caller is dropped. Every method hops there and waits. What is
//! asked of a server is bounded in time, and a connection in doubt is thrown away for a new one.
//!
//! One write is one statement with bound parameters, so the engine applies it whole or not at all. What must be unique is
//! a record id (`direct:[low, high]`, `inbox:[user, -seq]`, `applied_commit:<id>`, ...), which only an insertion that
//! refuses an existing record writes. The shape of the records, and what it costs, is in
//! `docs/adr/0003-surrealdb-records.md`.

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

pub use connect::{ConnectError, SurrealStore};
