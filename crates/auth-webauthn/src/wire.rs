//! What webauthn-rs has, as pages take it, and back.

use parlour_domain::port::{CredentialClaim, MalformedResponse};
use parlour_domain::{CeremonyKind, CeremonyOptions, ChallengeHash, CredentialId, CredentialResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs_proto::{CollectedClientData, PublicKeyCredential, RegisterPublicKeyCredential};

/// Options without the wrapper `publicKey`, as `parseCreationOptionsFromJSON` and its sibling take them. Lists that are
/// empty are left out.
pub(crate) fn flat(options: &impl Serialize) -> Result<CeremonyOptions, serde_json::Error> {
    let mut value = serde_json::to_value(options)?;
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.as_array().is_some_and(Vec::is_empty));
    }
    Ok(CeremonyOptions::from_json(value.to_string()))
}

/// What a response to a ceremony of that kind claims.
pub(crate) fn claim(kind: CeremonyKind, response: &CredentialResponse) -> Result<CredentialClaim, MalformedResponse> {
    match kind {
        CeremonyKind::Registration | CeremonyKind::Addition => {
            let made: RegisterPublicKeyCredential = parse(response)?;
            named(&made.type_, &made.raw_id, &made.response.client_data_json, None)
        }
        CeremonyKind::Authentication => {
            let signed: PublicKeyCredential = parse(response)?;
            let PublicKeyCredential { raw_id, response, type_, .. } = signed;
            named(&type_, &raw_id, &response.client_data_json, response.user_handle)
        }
    }
}

/// The response in the form of webauthn-rs.
pub(crate) fn parse<T: DeserializeOwned>(response: &CredentialResponse) -> Result<T, MalformedResponse> {
    serde_json::from_str(response.as_json()).map_err(|error| MalformedResponse(error.into()))
}

/// What the browser said of the page.
pub(crate) fn client_data(bytes: &[u8]) -> Result<CollectedClientData, MalformedResponse> {
    serde_json::from_slice(bytes).map_err(|error| MalformedResponse(error.into()))
}

fn named(
    kind: &str,
    id: &[u8],
    client_data: &[u8],
    user_handle: Option<Vec<u8>>,
) -> Result<CredentialClaim, MalformedResponse> {
    if kind != "public-key" {
        return Err(MalformedResponse("its type is not public-key".into()));
    }
    let client_data = self::client_data(client_data)?;
    let credential = CredentialId::from_bytes(id.to_vec()).map_err(|error| MalformedResponse(error.into()))?;
    Ok(CredentialClaim { challenge: ChallengeHash::of(&client_data.challenge), credential, user_handle })
}
