//! The keys of a provider, and which of them may have signed a token.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// A JWK set (RFC 7517, section 5) without what cannot verify a signature.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    jwk: Jwk,
    decoding: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a set; keys of kinds that are not known, or that are malformed, are left out, as the RFC asks.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(bytes)?;
        let read = document.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let usable = read.filter(may_verify).filter_map(|jwk| {
            let decoding = DecodingKey::from_jwk(&jwk).ok()?;
            Some(Key { jwk, decoding })
        });
        Ok(Self { keys: usable.collect() })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether there is a key of that name at all.
    pub(crate) fn knows(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.jwk.common.key_id.as_deref() == Some(kid))
    }

    /// The key that a token of this header was signed with, if it may be used with that algorithm. A token that names no
    /// key is taken only when there is no choice.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&DecodingKey> {
        let mut fitting = self.keys.iter().filter(|key| fits(&key.jwk, algorithm));
        match kid {
            Some(_) => fitting.find(|key| key.jwk.common.key_id.as_deref() == kid).map(|key| &key.decoding),
            None => {
                let only = fitting.next()?;
                fitting.next().is_none().then_some(&only.decoding)
            }
        }
    }
}

fn may_verify(jwk: &Jwk) -> bool {
    let is_for_signatures = jwk.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    let operations = jwk.common.key_operations.as_ref();
    is_for_signatures && operations.is_none_or(|operations| operations.contains(&KeyOperations::Verify))
}

/// Whether a key is of the kind that an algorithm takes, and not said to be for another one (RFC 8725, section 3.1). A
/// symmetric key in a public set is everybody's, so it fits nothing.
fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm as A;
    let is_of_its_kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => {
            matches!(algorithm, A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512)
        }
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => algorithm == A::ES256,
            EllipticCurve::P384 => algorithm == A::ES384,
            EllipticCurve::P521 | EllipticCurve::Ed25519 => false,
        },
        AlgorithmParameters::OctetKeyPair(key) => key.curve == EllipticCurve::Ed25519 && algorithm == A::EdDSA,
        AlgorithmParameters::OctetKey(_) => false,
    };
    let is_for_it = |meant: &jsonwebtoken::jwk::KeyAlgorithm| meant.to_string() == format!("{algorithm:?}");
    is_of_its_kind && jwk.common.key_algorithm.as_ref().is_none_or(is_for_it)
}
