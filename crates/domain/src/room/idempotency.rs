//! The memory of answered requests, so that a client may ask again (the IETF draft "The Idempotency-Key HTTP Header
//! Field", draft-ietf-httpapi-idempotency-key-header).

use std::fmt;
use std::time::Duration;

use super::RoomSnapshot;
use crate::{Timestamp, UserId};

/// How long an answer is remembered.
pub const IDEMPOTENCY_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} visible ASCII characters", IdempotencyKey::LONGEST)]
pub struct InvalidIdempotencyKey;

/// What a client calls one of its requests: 1 to 255 visible ASCII characters (0x21 to 0x7E).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    const LONGEST: usize = 255;

    /// Reads a key as the client sent it.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`] when it is empty, too long or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or(InvalidIdempotencyKey)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What tells one request from another under the same key: a SHA-256 of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Wraps a SHA-256 that the caller made.
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

/// What a client says to make its request repeatable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyClaim {
    /// What the client calls the request.
    pub key: IdempotencyKey,
    /// What it asked for.
    pub fingerprint: Fingerprint,
}

/// The answer that was given to a creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the room was created then; `false` for the direct room that existed.
    pub created: bool,
    /// The room as it looked then.
    pub room: RoomSnapshot,
}

/// A request that was answered, as the room store keeps it: in the same commit as the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Whose request it was.
    pub caller: UserId,
    /// What they called it; unique per caller.
    pub key: IdempotencyKey,
    /// What they asked for.
    pub fingerprint: Fingerprint,
    /// What they were answered.
    pub answer: Answer,
    /// When.
    pub created_at: Timestamp,
    /// From this instant on the record does not count any more and may be replaced or forgotten.
    pub expires_at: Timestamp,
}

impl IdempotencyRecord {
    /// The record of a request that is answered at `now`.
    #[must_use]
    pub fn new(caller: UserId, claim: IdempotencyClaim, answer: Answer, now: Timestamp) -> Self {
        let IdempotencyClaim { key, fingerprint } = claim;
        Self { caller, key, fingerprint, answer, created_at: now, expires_at: now.after(IDEMPOTENCY_KEPT_FOR) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        assert!(IdempotencyKey::parse("!~").is_ok());
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        for text in ["", " ", "a b", "a\t", "é", "a\u{7f}", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), Err(InvalidIdempotencyKey), "{text:?}");
        }
    }
}
