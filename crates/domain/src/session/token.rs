//! The secret of a session.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The text is no session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 hexadecimal digits")]
pub struct InvalidToken;

/// An opaque secret of 256 random bits, written as 64 lower-case hexadecimal digits.
///
/// `Debug` hides it; [`SessionToken::reveal`] is the only way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// Wraps 32 bytes from a cryptographically secure source.
    #[must_use]
    pub const fn from_random_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The token's text, to be handed to its holder once and never written anywhere.
    #[must_use]
    pub fn reveal(&self) -> String {
        hex::encode(self.0)
    }

    /// What the store keeps. A fast hash is enough: 256 random bits cannot be guessed from it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SessionToken(..)")
    }
}

impl FromStr for SessionToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidToken)?;
        Ok(Self(bytes))
    }
}

/// The SHA-256 (FIPS 180-4) of a [`SessionToken`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Wraps the 32 bytes that a store kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes to keep.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TokenHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_what_it_reveals_and_debug_hides_it() {
        let token = SessionToken::from_random_bytes([0xab; 32]);
        assert_eq!(token.reveal(), "ab".repeat(32));
        assert_eq!(token.reveal().parse(), Ok(token.clone()));
        assert!(!format!("{token:?} {:?}", token.hash()).contains("ab"));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        for text in ["", "ab", &"zz".repeat(32), &"ab".repeat(33)] {
            assert_eq!(text.parse::<SessionToken>(), Err(InvalidToken), "{text}");
        }
    }
}
