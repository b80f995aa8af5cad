//! A verifier with a clock that only a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use parlour_auth_jwt::{JwtConfig, JwtVerifier};
use parlour_domain::port::{Clock, TokenVerifier, VerifyTokenError};
use parlour_domain::{Subject, Timestamp};
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::signer::{Signer, set};

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "parlour";
pub(crate) const ALICE: &str = "7d0f2a5e-3f1b-4c0a-9d7e-5a1b2c3d4e5f";

/// Seconds since the epoch at which the clock stands first.
pub(crate) const NOW: i64 = 1_795_370_400;

pub(crate) struct StoppedClock(AtomicI64);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

impl StoppedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

pub(crate) struct World {
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) provider: Provider,
    pub(crate) verifier: Arc<JwtVerifier>,
}

pub(crate) fn clock() -> Arc<StoppedClock> {
    Arc::new(StoppedClock(AtomicI64::new(NOW * 1_000_000)))
}

pub(crate) fn config(jwks: &str) -> JwtConfig {
    JwtConfig {
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        jwks: jwks.to_owned(),
        algorithms: ["RS256", "ES256", "EdDSA"].map(str::to_owned).to_vec(),
        leeway: Duration::from_secs(60),
    }
}

impl World {
    /// A provider with the keys of these signers.
    pub(crate) async fn with(signers: &[&Signer]) -> Self {
        Self::with_keys(&signers.iter().map(|signer| signer.jwk()).collect::<Vec<_>>()).await
    }

    pub(crate) async fn with_keys(keys: &[Value]) -> Self {
        let (clock, provider) = (clock(), Provider::start(&set(keys)).await);
        let verifier = JwtVerifier::open(config(&provider.url), clock.clone()).await.unwrap();
        Self { clock, provider, verifier: Arc::new(verifier) }
    }

    pub(crate) async fn verify(&self, token: &str) -> Result<Subject, VerifyTokenError> {
        self.verifier.verify(&token.parse().unwrap()).await
    }

    pub(crate) async fn assert_refused(&self, token: &str, what: &str) {
        let outcome = self.verify(token).await;
        assert!(matches!(outcome, Err(VerifyTokenError::Refused(_))), "{what}: {outcome:?}");
    }
}

/// The claims of a good token.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": ALICE, "exp": NOW + 300, "iat": NOW,
        "preferred_username": "alice", "name": "Alice",
    })
}

/// These claims with another value, or without one when that is null.
pub(crate) fn claims_with(claim: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(claim)
    } else {
        members.insert(claim.to_owned(), value)
    };
    claims
}
