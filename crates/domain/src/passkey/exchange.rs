//! What the server and a page say to each other in a ceremony.

use std::fmt;

/// What a page hands to `navigator.credentials`: `PublicKeyCredentialCreationOptionsJSON` or
/// `PublicKeyCredentialRequestOptionsJSON` (Web Authentication Level 3, section 5.1). `Debug` hides it, since it has a live
/// challenge in it.
#[derive(Clone, PartialEq, Eq)]
pub struct CeremonyOptions(String);

impl CeremonyOptions {
    /// Takes the JSON text.
    #[must_use]
    pub const fn from_json(json: String) -> Self {
        Self(json)
    }

    /// The JSON text, for the page alone.
    #[must_use]
    pub fn into_json(self) -> String {
        self.0
    }
}

impl fmt::Debug for CeremonyOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CeremonyOptions(..)")
    }
}

/// What a page got from `navigator.credentials`: `RegistrationResponseJSON` or `AuthenticationResponseJSON` (Web
/// Authentication Level 3, section 5.1), unread. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialResponse(String);

impl CredentialResponse {
    /// Takes the JSON text as the page sent it.
    #[must_use]
    pub const fn from_json(json: String) -> Self {
        Self(json)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CredentialResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CredentialResponse(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_a_challenge_nor_a_signature() {
        let (options, response) = (CeremonyOptions::from_json("a1".into()), CredentialResponse::from_json("b2".into()));
        assert_eq!(format!("{options:?} {response:?}"), "CeremonyOptions(..) CredentialResponse(..)");
        assert_eq!((options.into_json().as_str(), response.as_json()), ("a1", "b2"));
    }
}
