//! The judgement of a token.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use parlour_domain::port::{Clock, Source, TokenVerifier, VerifyTokenError};
use parlour_domain::{SignedToken, Subject, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::cache::KeyCache;
use crate::config::{InvalidJwtConfig, JwtConfig, Rules};
use crate::source::KeySource;

/// What a token's `typ` may be (RFC 8725, section 3.11): nothing, a JWT, or an access token (RFC 9068, section 2.1). A
/// provider signs other things with the same keys, such as logout tokens, and those are nobody's credential.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Verifies JWTs.
pub struct JwtVerifier {
    rules: Rules,
    keys: Arc<KeyCache>,
    clock: Arc<dyn Clock>,
}

/// What a token says. A claim that is there twice makes it no token.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    preferred_username: Option<Value>,
    name: Option<Value>,
}

/// Why a token is refused.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("its type is none of those that say who is calling")]
    Type,
    #[error("it has critical headers, and none is understood here")]
    Critical,
    #[error("its algorithm is not allowed")]
    Algorithm,
    #[error("no key of the provider fits its key id and algorithm")]
    Key,
    #[error("it is over")]
    Expired,
    #[error("it is not valid yet")]
    NotYet,
    #[error("its time is no time")]
    Time,
    #[error("its issuer is another one")]
    Issuer,
    #[error("its subject is no hyphenated UUID")]
    Subject,
}

impl JwtVerifier {
    /// A verifier that has read the keys once. A file must be there; a URL may become reachable later, and until then
    /// no token can be judged.
    ///
    /// # Errors
    /// [`InvalidJwtConfig`] says what is wrong.
    pub async fn open(config: JwtConfig, clock: Arc<dyn Clock>) -> Result<Self, InvalidJwtConfig> {
        let place = config.jwks.clone();
        let (rules, source) = config.parse()?;
        let must_be_there = matches!(source, KeySource::File(_));
        let cache = Arc::new(KeyCache::new(source, Arc::clone(&clock)));
        let wrong = match cache.ask().await {
            Ok(keys) if keys.is_empty() => Some("has no key that verifies signatures".to_owned()),
            Ok(_) => None,
            Err(error) => {
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                Some(format!("cannot be used: {error}{cause}"))
            }
        };
        match wrong {
            Some(why) if must_be_there => Err(InvalidJwtConfig::File { place, why }),
            Some(why) => {
                tracing::warn!(why, "key set of the identity provider is not there yet");
                Ok(Self { rules, keys: cache, clock })
            }
            None => Ok(Self { rules, keys: cache, clock }),
        }
    }

    fn judge_header(&self, header: &Header) -> Result<(), Refused> {
        let is_known = |typ: &String| TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known));
        if !header.typ.as_ref().is_none_or(is_known) {
            return Err(Refused::Type);
        }
        if header.crit.is_some() {
            return Err(Refused::Critical);
        }
        if !self.rules.algorithms.contains(&header.alg) {
            return Err(Refused::Algorithm);
        }
        Ok(())
    }

    /// Signature, issuer and audience are judged by the library; the times here, against the port.
    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.rules.issuer]);
        validation.set_audience(&self.rules.audiences);
        validation.validate_exp = false;
        validation
    }

    fn judge_claims(&self, claims: Claims) -> Result<Subject, Refused> {
        let (now, leeway) = (self.clock.now(), self.rules.leeway);
        let expires_at = instant(claims.exp)?;
        if now >= expires_at.after(leeway) {
            return Err(Refused::Expired);
        }
        if let Some(not_before) = claims.nbf
            && now.after(leeway) < instant(not_before)?
        {
            return Err(Refused::NotYet);
        }
        if claims.iss != self.rules.issuer {
            return Err(Refused::Issuer);
        }
        let user_id = claims.sub.parse().map_err(|_| Refused::Subject)?;
        let text = |claim: Option<Value>| claim.as_ref().and_then(Value::as_str).map(str::to_owned);
        let (username, display_name) = (text(claims.preferred_username), text(claims.name));
        Ok(Subject { user_id, expires_at, username, display_name })
    }
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &SignedToken) -> Result<Subject, VerifyTokenError> {
        let header = decode_header(token.reveal()).map_err(refused)?;
        self.judge_header(&header).map_err(refused)?;
        let kid = header.kid.as_deref();
        let mut keys = self.keys.keys().await.map_err(unavailable)?;
        if kid.is_some_and(|kid| !keys.knows(kid)) {
            keys = self.keys.keys_again().await.map_err(unavailable)?;
        }
        let key = keys.find(kid, header.alg).ok_or_else(|| refused(Refused::Key))?;
        let token = decode::<Claims>(token.reveal(), key, &self.validation(header.alg)).map_err(refused)?;
        self.judge_claims(token.claims).map_err(refused)
    }
}

/// A NumericDate (RFC 7519, section 2), which may have a fraction.
fn instant(seconds: f64) -> Result<Timestamp, Refused> {
    let epoch = Timestamp::from_micros(0).map_err(|_| Refused::Time)?;
    Duration::try_from_secs_f64(seconds).map(|since| epoch.after(since)).map_err(|_| Refused::Time)
}

fn refused(cause: impl Into<Source>) -> VerifyTokenError {
    VerifyTokenError::Refused(cause.into())
}

fn unavailable(cause: impl Into<Source>) -> VerifyTokenError {
    VerifyTokenError::Unavailable(cause.into())
}
