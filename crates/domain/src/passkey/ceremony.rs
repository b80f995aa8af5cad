//! What the server remembers between the two halves of a ceremony.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::Timestamp;

/// How long a challenge may be answered.
pub const CEREMONY_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// The name of no kind of ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of registration, authentication, addition")]
pub struct InvalidCeremonyKind;

/// What a challenge was given out for; it counts for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CeremonyKind {
    /// A new user registers with their first passkey.
    Registration,
    /// Somebody signs in.
    Authentication,
    /// A user adds a passkey.
    Addition,
}

impl CeremonyKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Registration, Self::Authentication, Self::Addition];

    /// The kind's name in every store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
            Self::Addition => "addition",
        }
    }
}

impl FromStr for CeremonyKind {
    type Err = InvalidCeremonyKind;

    fn from_str(text: &str) -> Result<Self, InvalidCeremonyKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(InvalidCeremonyKind)
    }
}

/// The SHA-256 (FIPS 180-4) of a challenge: a store that leaks gives no live challenge away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChallengeHash([u8; 32]);

impl ChallengeHash {
    /// Hashes the challenge's own bytes.
    #[must_use]
    pub fn of(challenge: &[u8]) -> Self {
        Self(Sha256::digest(challenge).into())
    }

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

impl fmt::Debug for ChallengeHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ChallengeHash(..)")
    }
}

/// A ceremony that was begun: any node that shares the user store may finish it, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// What it is found by.
    pub challenge: ChallengeHash,
    /// What the challenge was given out for.
    pub kind: CeremonyKind,
    /// What whoever finishes it has to know, in the form of the use case that began it.
    pub state: Vec<u8>,
    /// From this instant on it cannot be finished any more.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_what_it_prints() {
        for kind in CeremonyKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("login".parse::<CeremonyKind>(), Err(InvalidCeremonyKind));
    }
}
