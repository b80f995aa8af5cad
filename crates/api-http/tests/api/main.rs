//! The HTTP API over the reference store, and over mocks where a store has to fail.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod create_room;
mod cross_origin;
mod failures;
mod health;
mod idempotency;
mod inbox;
mod log;
mod openapi;
mod protocol;
mod rooms;
mod server;
mod session;
mod world;
