//! Passkeys through [webauthn-rs](https://docs.rs/webauthn-rs-core): the relying party of Web Authentication Level 3.
//!
//! `settings` is what an operator says about the relying party, checked; `relying_party` fills the port; `wire` turns what
//! webauthn-rs has into what pages take and back; `ed25519` checks the one kind of signature that webauthn-rs does not, with
//! `attested` to reach the key.

mod attested;
mod ed25519;
mod relying_party;
mod settings;
mod wire;

pub use relying_party::WebauthnRelyingParty;
pub use settings::{InvalidSettings, RelyingPartySettings};
