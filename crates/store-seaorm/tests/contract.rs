//! The laws of `parlour-store-contract` on every engine, each test on a database of its own.
//!
//! SQLite always; with the feature `server-tests` also the servers at `PARLOUR_TEST_POSTGRES` and
//! `PARLOUR_TEST_MYSQL` (URLs without a database, of a user who may create databases).
#![cfg(any(feature = "server-tests", feature = "sqlite"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a harness that fails fails the test")]

#[path = "contract/opened.rs"]
mod opened;
#[path = "contract/poison.rs"]
mod poison;
#[cfg(feature = "server-tests")]
mod scratch;
#[cfg(feature = "server-tests")]
#[path = "contract/server.rs"]
mod server;
#[cfg(feature = "sqlite")]
#[path = "contract/sqlite.rs"]
mod sqlite;
