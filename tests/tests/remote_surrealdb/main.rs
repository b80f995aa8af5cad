//! The store on a SurrealDB server: a real one of the same version, which the tests start for themselves.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what stands around a test may panic when it fails"
)]

mod contract;
mod database;
mod nodes;
mod outage;
mod proxy;
mod restart;
mod sign_in;
mod tls;
