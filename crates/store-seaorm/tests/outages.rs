//! PostgreSQL and MySQL or MariaDB that go away under load, fall silent or make everybody wait, and what the store
//! says and keeps. Needs the servers that `tests/contract.rs` names.
#![cfg(feature = "server-tests")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its scene has failed"
)]

mod scratch;

#[path = "outages"]
mod server {
    mod killed;
    mod load;
    mod proxy;
    mod silent;
}
