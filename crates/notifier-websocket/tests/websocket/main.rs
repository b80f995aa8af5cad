//! A real server on loopback and clients that have nothing in common with it: one from tungstenite, one of raw bytes.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod chat;
mod client;
mod delivery;
mod ending;
mod faults;
mod handshake;
mod liveness;
mod loss;
mod protocol;
mod raw;
mod refusal;
mod resume;
