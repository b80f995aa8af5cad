//! Passkeys without cryptography: an authenticator that answers every challenge, and a relying party that believes it.

use parlour_domain::port::{
    BeginError, BegunCeremony, CredentialClaim, MalformedResponse, NewCredential, PasskeyUser, RelyingParty,
    VerifiedUse, VerifyError,
};
use parlour_domain::{CeremonyKind, CeremonyOptions, ChallengeHash, CredentialId, CredentialResponse, Passkey};
use parlour_store_contract::fixture;
use serde_json::{Value, json};

/// Has no memory: what it knows is in the options, in the state and in the response.
pub(crate) struct Authenticator;

impl Authenticator {
    /// Makes the passkey for which a registration or an addition was begun.
    pub(crate) fn make(options: CeremonyOptions) -> CredentialResponse {
        let mut response: Value = serde_json::from_str(&options.into_json()).unwrap();
        response["credential"] = response["challenge"].clone();
        CredentialResponse::from_json(response.to_string())
    }

    /// Signs in with a passkey.
    pub(crate) fn sign(options: CeremonyOptions, passkey: &Passkey) -> CredentialResponse {
        let mut response: Value = serde_json::from_str(&options.into_json()).unwrap();
        response["credential"] = json!(passkey.id.as_bytes());
        response["handle"] = json!(passkey.user_handle.as_bytes().as_slice());
        CredentialResponse::from_json(response.to_string())
    }

    fn begin(handle: &[u8]) -> BegunCeremony {
        let challenge = fixture::uuid().into_bytes();
        let options = json!({ "challenge": challenge, "handle": handle });
        BegunCeremony {
            challenge: ChallengeHash::of(&challenge),
            options: CeremonyOptions::from_json(options.to_string()),
            state: challenge.to_vec(),
        }
    }
}

fn bytes(response: &CredentialResponse, field: &str) -> Vec<u8> {
    let response: Value = serde_json::from_str(response.as_json()).unwrap();
    serde_json::from_value(response[field].clone()).unwrap()
}

fn is_answered(state: &[u8], response: &CredentialResponse) -> Result<(), VerifyError> {
    if bytes(response, "challenge") == state {
        return Ok(());
    }
    Err(VerifyError::Refused("the response is to another challenge".into()))
}

impl RelyingParty for Authenticator {
    fn begin_registration(&self, user: &PasskeyUser, _: &[CredentialId]) -> Result<BegunCeremony, BeginError> {
        Ok(Self::begin(user.handle.as_bytes()))
    }

    fn begin_authentication(&self) -> Result<BegunCeremony, BeginError> {
        Ok(Self::begin(&[]))
    }

    fn read(&self, _: CeremonyKind, response: &CredentialResponse) -> Result<CredentialClaim, MalformedResponse> {
        Ok(CredentialClaim {
            challenge: ChallengeHash::of(&bytes(response, "challenge")),
            credential: fixture::credential(&bytes(response, "credential")),
            user_handle: Some(bytes(response, "handle")),
        })
    }

    fn finish_registration(&self, state: &[u8], response: &CredentialResponse) -> Result<NewCredential, VerifyError> {
        is_answered(state, response)?;
        let id = fixture::credential(&bytes(response, "credential"));
        Ok(NewCredential { id, material: b"key".to_vec(), counter: 0 })
    }

    fn finish_authentication(
        &self,
        state: &[u8],
        response: &CredentialResponse,
        passkey: &Passkey,
    ) -> Result<VerifiedUse, VerifyError> {
        is_answered(state, response)?;
        Ok(VerifiedUse { counter: passkey.counter + 1, material: passkey.material.clone() })
    }
}
