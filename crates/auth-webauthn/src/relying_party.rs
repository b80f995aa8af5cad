//! The port, filled.

use std::time::Duration;

use parlour_domain::port::{
    BeginError, BegunCeremony, CredentialClaim, MalformedResponse, NewCredential, PasskeyUser, RelyingParty, Source,
    VerifiedUse, VerifyError,
};
use parlour_domain::{CeremonyKind, ChallengeHash, CredentialId, CredentialResponse, Passkey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::subscriber::{NoSubscriber, with_default};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{AuthenticationState, COSEAlgorithm, Credential, RegistrationState};
use webauthn_rs_proto::{
    AttestationConveyancePreference, PublicKeyCredential, RegisterPublicKeyCredential, RequestRegistrationExtensions,
    UserVerificationPolicy,
};

use crate::RelyingPartySettings;
use crate::ed25519;
use crate::wire::{claim, client_data, flat, parse};

/// How long a browser waits for the person, as a hint to it.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What signatures may be made with, the preferred first.
const ALGORITHMS: [COSEAlgorithm; 4] =
    [COSEAlgorithm::ES256, COSEAlgorithm::EDDSA, COSEAlgorithm::ES384, COSEAlgorithm::RS256];

/// The relying party through webauthn-rs. It uses the core below that library's own interface, which would make a user's
/// handle a UUID and would not require passkeys to be discoverable.
pub struct WebauthnRelyingParty {
    core: WebauthnCore,
}

impl WebauthnRelyingParty {
    /// A relying party of these settings. Pages of other origins count for nothing, nor do frames of other sites.
    #[must_use]
    pub fn new(settings: &RelyingPartySettings) -> Self {
        let origins = settings.origins().to_vec();
        let (exact_host, exact_port) = (Some(false), Some(false));
        let (name, id) = (settings.name(), settings.id());
        Self { core: WebauthnCore::new_unsafe_experts_only(name, id, origins, TIMEOUT, exact_host, exact_port) }
    }

    fn register(&self, user: &PasskeyUser, existing: &[CredentialId]) -> Result<BegunCeremony, Source> {
        let PasskeyUser { handle, username, display_name } = user;
        let existing = existing.iter().map(|id| id.as_bytes().to_vec()).collect();
        let extensions = RequestRegistrationExtensions { cred_props: Some(true), ..no_extensions() };
        let builder = self
            .core
            .new_challenge_register_builder(handle.as_bytes(), username.as_str(), display_name.as_str())?
            .attestation(AttestationConveyancePreference::None)
            .user_verification_policy(UserVerificationPolicy::Required)
            .require_resident_key(true)
            .credential_algorithms(ALGORITHMS.to_vec())
            .exclude_credentials(Some(existing))
            .extensions(Some(extensions));
        let (options, state) = self.core.generate_challenge_register(builder)?;
        begun(&options.public_key.challenge, &options.public_key, &state)
    }

    fn authenticate(&self) -> Result<BegunCeremony, Source> {
        let required = Some(UserVerificationPolicy::Required);
        let builder = self.core.new_challenge_authenticate_builder(Vec::new(), required)?;
        let (options, state) = self.core.generate_challenge_authenticate(builder)?;
        begun(&options.public_key.challenge, &options.public_key, &state)
    }

    fn registered(&self, state: &[u8], response: &CredentialResponse) -> Result<NewCredential, VerifyError> {
        let state: RegistrationState = kept(state)?;
        let mut response: RegisterPublicKeyCredential = parse(response).map_err(refused)?;
        let ed25519 = ed25519::lend_registration(&mut response.response).map_err(refused)?;
        let mut made = self.core.register_credential(&response, &state, None).map_err(refused)?;
        if let Some(key) = ed25519 {
            made.cred = key;
        }
        // Only the browser's word, and only of those that give it; yet without this passkeys there is no signing in.
        let is_discoverable = response.extensions.cred_props.and_then(|properties| properties.rk);
        if is_discoverable == Some(false) {
            return Err(VerifyError::Refused("passkey is not discoverable".into()));
        }
        let id = CredentialId::from_bytes(made.cred_id.to_vec()).map_err(refused)?;
        Ok(NewCredential { id, counter: made.counter, material: material(&made)? })
    }

    fn authenticated(
        &self,
        state: &[u8],
        response: &CredentialResponse,
        passkey: &Passkey,
    ) -> Result<VerifiedUse, VerifyError> {
        let state: AuthenticationState = kept(state)?;
        let mut credential: Credential = kept(&passkey.material)?;
        credential.counter = passkey.counter;
        let mut response: PublicKeyCredential = parse(response).map_err(refused)?;
        // webauthn-rs looks at this at registrations alone.
        if client_data(&response.response.client_data_json).map_err(refused)?.cross_origin == Some(true) {
            return Err(VerifyError::Refused("response is of a frame in another site's page".into()));
        }
        let lent = ed25519::lend_authentication(&mut response.response, &credential).map_err(refused)?;
        let checked = lent.as_ref().unwrap_or(&credential);
        let verified = self.core.authenticate_single_credential(&response, &state, checked);
        let verified = verified.map_err(|error| match error {
            WebauthnError::CredentialPossibleCompromise => VerifyError::CounterWentBack,
            other => refused(other),
        })?;
        credential.counter = verified.counter();
        credential.backup_state = verified.backup_state();
        Ok(VerifiedUse { counter: verified.counter(), material: material(&credential)? })
    }
}

/// webauthn-rs writes challenges and credentials to the log at its finest levels: here they fall on deaf ears.
fn unheard<T>(work: impl FnOnce() -> T) -> T {
    with_default(NoSubscriber::new(), work)
}

impl RelyingParty for WebauthnRelyingParty {
    fn begin_registration(&self, user: &PasskeyUser, existing: &[CredentialId]) -> Result<BegunCeremony, BeginError> {
        unheard(|| self.register(user, existing)).map_err(BeginError)
    }

    fn begin_authentication(&self) -> Result<BegunCeremony, BeginError> {
        unheard(|| self.authenticate()).map_err(BeginError)
    }

    fn read(&self, kind: CeremonyKind, response: &CredentialResponse) -> Result<CredentialClaim, MalformedResponse> {
        unheard(|| claim(kind, response))
    }

    fn finish_registration(&self, state: &[u8], response: &CredentialResponse) -> Result<NewCredential, VerifyError> {
        unheard(|| self.registered(state, response))
    }

    fn finish_authentication(
        &self,
        state: &[u8],
        response: &CredentialResponse,
        passkey: &Passkey,
    ) -> Result<VerifiedUse, VerifyError> {
        unheard(|| self.authenticated(state, response, passkey))
    }
}

const fn no_extensions() -> RequestRegistrationExtensions {
    RequestRegistrationExtensions {
        cred_protect: None,
        uvm: None,
        cred_props: None,
        min_pin_length: None,
        hmac_create_secret: None,
    }
}

fn begun(challenge: &[u8], options: &impl Serialize, state: &impl Serialize) -> Result<BegunCeremony, Source> {
    let challenge = ChallengeHash::of(challenge);
    Ok(BegunCeremony { challenge, options: flat(options)?, state: serde_json::to_vec(state)? })
}

fn refused(reason: impl Into<Source>) -> VerifyError {
    VerifyError::Refused(reason.into())
}

fn kept<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, VerifyError> {
    serde_json::from_slice(bytes).map_err(|error| VerifyError::Corrupt(error.into()))
}

fn material(credential: &Credential) -> Result<Vec<u8>, VerifyError> {
    serde_json::to_vec(credential).map_err(|error| VerifyError::Corrupt(error.into()))
}
