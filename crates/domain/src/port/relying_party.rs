//! The cryptographic half of passkey ceremonies.

use super::Source;
use crate::{
    CeremonyKind, CeremonyOptions, ChallengeHash, CredentialId, CredentialResponse, DisplayName, Passkey, UserHandle,
    Username,
};

/// Whom an authenticator makes a passkey for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyUser {
    /// What the authenticator calls them.
    pub handle: UserHandle,
    /// What it shows to tell accounts apart.
    pub username: Username,
    /// What it shows besides.
    pub display_name: DisplayName,
}

/// The first half of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunCeremony {
    /// Of 32 random bytes that nobody was given before.
    pub challenge: ChallengeHash,
    /// What the page needs.
    pub options: CeremonyOptions,
    /// What the second half needs, in the implementation's own form.
    pub state: Vec<u8>,
}

/// What a response says of itself; nothing of it is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialClaim {
    /// Which challenge it answers.
    pub challenge: ChallengeHash,
    /// Which passkey it is of.
    pub credential: CredentialId,
    /// Whose passkey that is, if the authenticator says.
    pub user_handle: Option<Vec<u8>>,
}

/// A passkey that an authenticator has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id.
    pub id: CredentialId,
    /// Its public key and what else is kept of it.
    pub material: Vec<u8>,
    /// Its signature counter.
    pub counter: u32,
}

/// A signature that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedUse {
    /// The signature counter that came with it.
    pub counter: u32,
    /// What is kept of the passkey from now on.
    pub material: Vec<u8>,
}

/// A ceremony cannot be begun.
#[derive(Debug, thiserror::Error)]
#[error("ceremony cannot be begun")]
pub struct BeginError(#[source] pub Source);

/// A response has not the form of its kind.
#[derive(Debug, thiserror::Error)]
#[error("response has not the form of a credential")]
pub struct MalformedResponse(#[source] pub Source);

/// Why a response proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It does not satisfy the ceremony: another origin or relying party, no user verification, a bad signature.
    #[error("response is not accepted")]
    Refused(#[source] Source),
    /// Its signature counter is not above the one that was seen last: the passkey may have been cloned.
    #[error("signature counter went back")]
    CounterWentBack,
    /// What was kept of the ceremony or of the passkey no longer parses.
    #[error("kept data is corrupt")]
    Corrupt(#[source] Source),
}

/// Web Authentication's relying party (Level 3, section 7) without a memory: what has to be kept is given to the caller, who
/// gives it back. User verification and discoverable passkeys are asked for, and the former is enforced.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait RelyingParty: Send + Sync {
    /// Begins to make a passkey for a user, on an authenticator that has none of `existing`.
    ///
    /// # Errors
    /// [`BeginError`] when that is not possible at all.
    fn begin_registration(&self, user: &PasskeyUser, existing: &[CredentialId]) -> Result<BegunCeremony, BeginError>;

    /// Begins to ask for any passkey of this relying party, the same way for everybody.
    ///
    /// # Errors
    /// [`BeginError`] when that is not possible at all.
    fn begin_authentication(&self) -> Result<BegunCeremony, BeginError>;

    /// Reads what the response to a ceremony of that kind claims.
    ///
    /// # Errors
    /// [`MalformedResponse`] when it has not the form of its kind.
    fn read(&self, kind: CeremonyKind, response: &CredentialResponse) -> Result<CredentialClaim, MalformedResponse>;

    /// Checks the response to a registration or an addition (section 7.1) against the state that its beginning gave.
    ///
    /// # Errors
    /// [`VerifyError`] says why it counts for nothing.
    fn finish_registration(&self, state: &[u8], response: &CredentialResponse) -> Result<NewCredential, VerifyError>;

    /// Checks the response to an authentication (section 7.2) against the state that its beginning gave and the passkey
    /// that it claims to be of.
    ///
    /// # Errors
    /// [`VerifyError`] says why it counts for nothing.
    fn finish_authentication(
        &self,
        state: &[u8],
        response: &CredentialResponse,
        passkey: &Passkey,
    ) -> Result<VerifiedUse, VerifyError>;
}
