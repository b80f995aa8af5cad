//! What callers show.

use std::fmt;
use std::str::FromStr;

use super::SessionToken;

/// The text is neither a session's token nor one that somebody signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a session's token or a signed one")]
pub struct InvalidCredential;

/// What a caller shows to say who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The token of a session.
    Session(SessionToken),
    /// A token that somebody else has signed.
    Signed(SignedToken),
}

impl From<SessionToken> for Credential {
    fn from(token: SessionToken) -> Self {
        Self::Session(token)
    }
}

impl FromStr for Credential {
    type Err = InvalidCredential;

    fn from_str(text: &str) -> Result<Self, InvalidCredential> {
        text.parse().map(Self::Session).or_else(|_| text.parse().map(Self::Signed))
    }
}

/// A token in the compact form of a JWS (RFC 7515, section 7.1) of at most 8 KiB, not verified yet.
///
/// `Debug` hides it; [`SignedToken::reveal`] is the only way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedToken(String);

impl SignedToken {
    /// The most bytes that a token may have: more than any identity provider puts into one, and few enough to be
    /// verified for a stranger.
    pub const MOST_BYTES: usize = 8 * 1024;

    /// The token's text, for the one that verifies it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for SignedToken {
    type Err = InvalidCredential;

    fn from_str(text: &str) -> Result<Self, InvalidCredential> {
        let is_base64url =
            |part: &str| part.bytes().all(|byte| matches!(byte, b'-' | b'_') || byte.is_ascii_alphanumeric());
        // The signature may be empty as far as the form goes; to verify such a token is another matter.
        let [header, payload, signature] = text.split('.').collect::<Vec<_>>()[..] else {
            return Err(InvalidCredential);
        };
        let is_compact = !header.is_empty() && !payload.is_empty();
        if text.len() > Self::MOST_BYTES || !is_compact || ![header, payload, signature].into_iter().all(is_base64url) {
            return Err(InvalidCredential);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SignedToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_kinds_are_told_apart() {
        assert!(matches!("ab".repeat(32).parse(), Ok(Credential::Session(_))));
        let signed: Credential = "eyJh.eyJz.c2ln".parse().unwrap();
        assert!(matches!(&signed, Credential::Signed(token) if token.reveal() == "eyJh.eyJz.c2ln"));
        assert!(!format!("{signed:?}").contains("eyJ"));
    }

    #[test]
    fn other_texts_are_no_credentials() {
        let huge = format!("eyJh.{}.c2ln", "a".repeat(SignedToken::MOST_BYTES));
        for text in ["", "ab", "a.b", "a.b.c.d", ".b.c", "a..c", "a b.c.d", "a.b=.c", "ä.b.c", "../../etc", &huge] {
            assert_eq!(text.parse::<Credential>(), Err(InvalidCredential), "{text}");
        }
    }
}
