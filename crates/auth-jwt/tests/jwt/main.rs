//! Which tokens are believed: signed with keys that are made here, served over loopback or from a file.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accepted;
mod forged;
mod keys;
mod opening;
mod provider;
mod provisioning;
mod refused;
mod rotation;
mod signer;
mod world;
