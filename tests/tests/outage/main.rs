//! Engines that go away under the real program, and come back: what its clients see meanwhile and afterwards.

#![expect(clippy::print_stdout, reason = "a test that uses chance prints its seed")]
#![expect(clippy::large_futures, reason = "a test polls one story, once")]

mod listener;
#[cfg(feature = "server-tests")]
mod mysql;
#[cfg(feature = "server-tests")]
mod postgres;
mod silence;
mod story;
mod surrealdb;
