//! An authenticator for every algorithm: keys by aws-lc-rs, the rest written out after Web Authentication Level 3, section 6.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use parlour_domain::CredentialResponse;
use serde_json::{Value, json};

pub(crate) const RP_ID: &str = "chat.example";
pub(crate) const ORIGIN: &str = "https://chat.example";

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const KEY_ATTESTED: u8 = 0x40;

pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Rs256(Box<rsa::KeyPair>),
    EdDsa(Ed25519KeyPair),
}

impl Key {
    /// One of each, with its number in the IANA registry of COSE algorithms.
    pub(crate) fn all() -> Vec<(i64, Self)> {
        vec![(-7, Self::es256()), (-8, Self::ed_dsa()), (-35, Self::es384()), (-257, Self::rs256())]
    }

    fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn es384() -> Self {
        Self::Es384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap())
    }

    fn rs256() -> Self {
        Self::Rs256(Box::new(rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn ed_dsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(key) | Self::Es384(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// Its public half as a `COSE_Key` (RFC 9053, section 7; RFC 8230, section 4).
    pub(crate) fn cose(&self) -> Cbor {
        match self {
            Self::Es256(key) => ecdsa(-7, 1, key.public_key().as_ref()),
            Self::Es384(key) => ecdsa(-35, 2, key.public_key().as_ref()),
            Self::EdDsa(key) => okp(key.public_key().as_ref()),
            Self::Rs256(key) => {
                // An RSAPublicKey (RFC 8017, appendix A.1.1) in DER: a sequence of two integers, the modulus of 2,048 bits.
                let der = key.public_key().as_ref();
                let (modulus, exponent) = (der[9..265].to_vec(), der[267..].to_vec());
                cose(vec![(1, 3.into()), (3, (-257).into()), (-1, Cbor::Bytes(modulus)), (-2, Cbor::Bytes(exponent))])
            }
        }
    }
}

/// The `COSE_Key` of an Ed25519 key with that public half.
pub(crate) fn okp(x: &[u8]) -> Cbor {
    cose(vec![(1, 1.into()), (3, (-8).into()), (-1, 6.into()), (-2, Cbor::Bytes(x.to_vec()))])
}

fn ecdsa(algorithm: i64, curve: i64, point: &[u8]) -> Cbor {
    let (x, y) = point[1..].split_at((point.len() - 1) / 2);
    let (x, y) = (Cbor::Bytes(x.to_vec()), Cbor::Bytes(y.to_vec()));
    cose(vec![(1, 2.into()), (3, algorithm.into()), (-1, curve.into()), (-2, x), (-3, y)])
}

fn cose(entries: Vec<(i64, Cbor)>) -> Cbor {
    Cbor::Map(entries.into_iter().map(|(label, value)| (label.into(), value)).collect())
}

/// What an authenticator does with a key, each part of which a test may spoil.
pub(crate) struct Authenticator {
    pub(crate) key: Key,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) rp_id: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) is_in_foreign_frame: bool,
}

impl Authenticator {
    pub(crate) fn new(key: Key) -> Self {
        Self {
            key,
            flags: USER_PRESENT | USER_VERIFIED,
            counter: 1,
            rp_id: RP_ID,
            origin: ORIGIN,
            is_in_foreign_frame: false,
        }
    }

    pub(crate) fn without_verification(mut self) -> Self {
        self.flags &= !USER_VERIFIED;
        self
    }

    /// Without attestation, as pages that ask for none get it.
    pub(crate) fn register(&self, options: &str) -> CredentialResponse {
        self.register_as(options, &self.key.cose(), |_| ("none", Cbor::Map(Vec::new())))
    }

    /// With this key and what `attest` states over the bytes to be signed.
    pub(crate) fn register_as(
        &self,
        options: &str,
        key: &Cbor,
        attest: impl FnOnce(&[u8]) -> (&'static str, Cbor),
    ) -> CredentialResponse {
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.data(KEY_ATTESTED);
        let id = self.id();
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(&id);
        ciborium::into_writer(key, &mut data).unwrap();
        let (format, statement) = attest(&signed(&data, &client_data));
        let object = Cbor::Map(vec![
            ("fmt".into(), format.into()),
            ("attStmt".into(), statement),
            ("authData".into(), Cbor::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        credential(&id, &json!({"clientDataJSON": text(&client_data), "attestationObject": text(&attestation)}))
    }

    pub(crate) fn sign(&self, options: &str) -> CredentialResponse {
        self.sign_as(options, |message| self.key.sign(message))
    }

    /// With the signature that `sign` makes of the bytes to be signed.
    pub(crate) fn sign_as(&self, options: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> CredentialResponse {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let signature = sign(&signed(&data, &client_data));
        let response = json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(&signature),
            "userHandle": null,
        });
        credential(&self.id(), &response)
    }

    fn id(&self) -> Vec<u8> {
        vec![7; 32]
    }

    fn data(&self, more_flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more_flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &str) -> Vec<u8> {
        let options: Value = serde_json::from_str(options).unwrap();
        let data = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.is_in_foreign_frame,
        });
        data.to_string().into_bytes()
    }
}

fn signed(data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [data, digest(&SHA256, client_data).as_ref()].concat()
}

fn credential(id: &[u8], response: &Value) -> CredentialResponse {
    let id = text(id);
    let credential =
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}});
    CredentialResponse::from_json(credential.to_string())
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
