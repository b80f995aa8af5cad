//! Callers whom a deployment's own identity provider vouches for: the port
//! [`TokenVerifier`](parlour_domain::port::TokenVerifier) on JWTs (RFC 7519) that are signed with the keys of a JWK set
//! (RFC 7517), judged as RFC 8725 asks.
//!
//! Reading order: [`JwtVerifier`] judges a token; `keys` says which key may have signed it; `cache` keeps the keys and
//! asks for new ones; `source` reads them from a file or a URL.

mod cache;
mod config;
mod keys;
mod source;
mod verifier;

pub use config::{InvalidJwtConfig, JwtConfig};
pub use verifier::JwtVerifier;
