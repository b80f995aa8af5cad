//! Passkeys with Ed25519 keys (EdDSA, RFC 9053 section 2.2), which webauthn-rs cannot check since it left OpenSSL.
//!
//! Their signatures are checked here. For everything else that a ceremony demands (challenge, origin, relying party, flags,
//! counter) webauthn-rs stays the judge: it is shown the same response with a key in the place of the passkey's that lives
//! for that one call, the [`StandIn`], and never sees whether the passkey's own signature was good.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, ED25519_PUBLIC_KEY_LEN, EcdsaKeyPair, KeyPair, ParsedPublicKey,
};
use ciborium::Value;
use webauthn_rs_core::proto::{
    COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, COSEOKPKey, Credential, ECDSACurve, EDDSACurve,
};
use webauthn_rs_proto::{AuthenticatorAssertionResponseRaw, AuthenticatorAttestationResponseRaw};

use crate::attested::{Attested, key_entry};

/// Why an Ed25519 passkey or its signature counts for nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error("its Ed25519 key is not one")]
    Key,
    #[error("its Ed25519 signature is not good")]
    Signature,
    #[error("an Ed25519 key attested in the form {0:?}, though no attestation was asked for")]
    Attestation(String),
    #[error("no key could be made to stand in for it")]
    StandIn(#[from] Unspecified),
}

/// If the response brings an Ed25519 key: puts a stand-in into its place and gives the key, to be kept.
///
/// # Errors
/// [`NotAccepted`] for a key that is none, and for an attestation that is neither absent nor the key's own good signature.
pub(crate) fn lend_registration(
    response: &mut AuthenticatorAttestationResponseRaw,
) -> Result<Option<COSEKey>, NotAccepted> {
    // What does not parse here is left as it is, for webauthn-rs to refuse with its own words.
    let Some(mut attested) = Attested::parse(&response.attestation_object) else { return Ok(None) };
    let Some(key) = ed25519_of(&attested.key) else { return Ok(None) };
    let parsed = parse(&key)?;
    let signed = signed(&attested.data, &response.client_data_json);
    match (attested.format.as_str(), attested.self_signature()) {
        ("none", _) => {}
        ("packed", Some(signature)) => verify(&parsed, &signed, &signature)?,
        (other, _) => return Err(NotAccepted::Attestation(other.to_owned())),
    }
    attested.replace_key(StandIn::new()?.cbor());
    response.attestation_object = attested.without_statement();
    Ok(Some(COSEKey { type_: COSEAlgorithm::EDDSA, key: COSEKeyType::EC_OKP(key) }))
}

/// If the passkey's key is an Ed25519 one: checks the response's signature, and gives the passkey with a stand-in's key and
/// that key's signature in the response.
///
/// # Errors
/// [`NotAccepted`] for a signature that is not the key's.
pub(crate) fn lend_authentication(
    response: &mut AuthenticatorAssertionResponseRaw,
    passkey: &Credential,
) -> Result<Option<Credential>, NotAccepted> {
    let COSEKeyType::EC_OKP(key) = &passkey.cred.key else { return Ok(None) };
    let signed = signed(&response.authenticator_data, &response.client_data_json);
    verify(&parse(key)?, &signed, &response.signature)?;
    let stand_in = StandIn::new()?;
    response.signature = stand_in.sign(&signed)?;
    Ok(Some(Credential { cred: stand_in.key(), ..passkey.clone() }))
}

/// What authenticators sign: their data and the hash of the client's (Web Authentication Level 3, section 6.3.3).
fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [authenticator_data, digest(&SHA256, client_data).as_ref()].concat()
}

fn ed25519_of(key: &Value) -> Option<COSEOKPKey> {
    let number = |label: i64| key_entry(key, label)?.as_integer().map(i128::from);
    let is_ed25519 = (number(1), number(3), number(-1)) == (Some(1), Some(-8), Some(6));
    let x = key_entry(key, -2)?.as_bytes()?.clone();
    is_ed25519.then_some(COSEOKPKey { curve: EDDSACurve::ED25519, x })
}

fn parse(key: &COSEOKPKey) -> Result<ParsedPublicKey, NotAccepted> {
    if key.curve != EDDSACurve::ED25519 || key.x.len() != ED25519_PUBLIC_KEY_LEN {
        return Err(NotAccepted::Key);
    }
    ParsedPublicKey::new(&ED25519, &key.x).map_err(|_| NotAccepted::Key)
}

fn verify(key: &ParsedPublicKey, signed: &[u8], signature: &[u8]) -> Result<(), NotAccepted> {
    key.verify_sig(signed, signature).map_err(|_| NotAccepted::Signature)
}

/// A P-256 key for one call.
struct StandIn(EcdsaKeyPair);

impl StandIn {
    fn new() -> Result<Self, Unspecified> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Self)
    }

    /// Its coordinates: the uncompressed form (SEC 1, section 2.3.3) is a byte 4, x and y.
    fn point(&self) -> (Vec<u8>, Vec<u8>) {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        (x.to_vec(), y.to_vec())
    }

    fn key(&self) -> COSEKey {
        let (x, y) = self.point();
        COSEKey {
            type_: COSEAlgorithm::ES256,
            key: COSEKeyType::EC_EC2(COSEEC2Key { curve: ECDSACurve::SECP256R1, x, y }),
        }
    }

    /// The same as RFC 9053, section 7.1.1, has it.
    fn cbor(&self) -> Value {
        let (x, y) = self.point();
        let entry = |label: i64, value: Value| (Value::from(label), value);
        Value::Map(vec![
            entry(1, 2.into()),
            entry(3, (-7).into()),
            entry(-1, 1.into()),
            entry(-2, Value::Bytes(x)),
            entry(-3, Value::Bytes(y)),
        ])
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        Ok(self.0.sign(&SystemRandom::new(), message)?.as_ref().to_vec())
    }
}
