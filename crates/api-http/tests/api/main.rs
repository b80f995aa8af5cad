//! The HTTP API over the reference store, and over mocks where a store has to fail.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authenticator;
mod browser;
mod consent;
mod create_room;
mod cross_origin;
mod failures;
mod fresh_sign_in;
mod health;
mod idempotency;
mod inbox;
mod limits;
mod log;
mod openapi;
mod participants;
mod passkey_refusals;
mod passkeys;
mod people;
mod protocol;
mod rename_room;
mod rooms;
mod server;
mod session;
mod sessions;
mod silence;
mod silent_passkeys;
mod telling;
mod world;
