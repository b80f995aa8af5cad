//! Who vouches for callers in the place of sessions.

use async_trait::async_trait;

use super::Source;
use crate::{SignedToken, Subject};

/// Verifies tokens that a deployment's own identity provider has signed, such as JWTs (RFC 7519).
///
/// It is no store: the tests of its adapter, `crates/auth-jwt`, prove what it promises.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// Who the token is about.
    ///
    /// An implementation accepts a token only when it is signed by a key of the provider, with an algorithm that is
    /// allowed and that this key is for, was issued by the provider for this deployment, is valid now, and names a user.
    /// It never takes a key from the token itself (RFC 8725, section 3).
    async fn verify(&self, token: &SignedToken) -> Result<Subject, VerifyTokenError>;
}

/// Why a token says nothing.
#[derive(Debug, thiserror::Error)]
pub enum VerifyTokenError {
    /// It is not to be believed; the source says why, for the log alone.
    #[error("token is refused")]
    Refused(#[source] Source),
    /// The keys of the provider are not known now; the same token may be shown again.
    #[error("keys of the identity provider are unavailable")]
    Unavailable(#[source] Source),
}
