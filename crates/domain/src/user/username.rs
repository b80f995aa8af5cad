//! The name that a user is found by.

use std::fmt;

use precis_profiles::precis_core::profile::Profile;
use precis_profiles::{UsernameCaseMapped, UsernameCasePreserved};

/// Why a text is no [`Username`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Fewer than 3 characters.
    #[error("must have at least {} characters", Username::SHORTEST)]
    TooShort,
    /// More than 50 characters.
    #[error("must have at most {} characters", Username::LONGEST)]
    TooLong,
    /// RFC 8265 does not allow it: spaces, control characters, symbols, mixed directions and the like.
    #[error("must consist of letters, digits and ASCII punctuation, without spaces (RFC 8265)")]
    Disallowed,
}

/// A user's name: 3 to 50 characters (Unicode scalar values) that the `UsernameCasePreserved` profile of PRECIS allows
/// (RFC 8265, section 3.4), in that profile's normal form (NFC, full-width forms mapped).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    const SHORTEST: usize = 3;
    const LONGEST: usize = 50;

    /// Reads a name as somebody typed it.
    ///
    /// # Errors
    /// [`InvalidUsername`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let length = text.chars().count();
        if length < Self::SHORTEST {
            return Err(InvalidUsername::TooShort);
        }
        if length > Self::LONGEST {
            return Err(InvalidUsername::TooLong);
        }
        let normal = UsernameCasePreserved::new().enforce(text).map_err(|_| InvalidUsername::Disallowed)?;
        // Composition can shorten the text: the limit holds for the form that is kept.
        if normal.chars().count() < Self::SHORTEST {
            return Err(InvalidUsername::TooShort);
        }
        if normal.chars().count() > Self::LONGEST {
            return Err(InvalidUsername::TooLong);
        }
        Ok(Self(normal.into_owned()))
    }

    /// The name as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two names are compared: names that differ only in case are the same name.
    #[must_use]
    pub fn key(&self) -> UsernameKey {
        let mapped = UsernameCaseMapped::new().enforce(self.0.as_str());
        UsernameKey(mapped.map_or_else(|_| self.0.to_lowercase(), std::borrow::Cow::into_owned))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a store keeps unique: a [`Username`] under the `UsernameCaseMapped` profile (RFC 8265, section 3.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsernameKey(String);

impl UsernameKey {
    /// The key as text, for a store's column.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_count_characters_not_bytes() {
        assert_eq!(Username::parse("ab"), Err(InvalidUsername::TooShort));
        assert!(Username::parse("äöü").is_ok());
        assert!(Username::parse(&"é".repeat(50)).is_ok());
        assert_eq!(Username::parse(&"é".repeat(51)), Err(InvalidUsername::TooLong));
    }

    #[test]
    fn spaces_and_control_characters_are_refused() {
        for text in ["a b c", " alice", "alice\n", "ali\u{0}ce", "ali\u{200b}ce", "al\u{202e}ice"] {
            assert_eq!(Username::parse(text), Err(InvalidUsername::Disallowed), "{text:?}");
        }
    }

    #[test]
    fn names_that_differ_in_case_or_composition_are_one_name() {
        let key = |text| Username::parse(text).unwrap().key();
        assert_eq!(key("Alice"), key("aLICE"));
        assert_eq!(key("zoe\u{308}"), key("Zoë"));
        assert_ne!(key("alice"), key("alicia"));
    }

    #[test]
    fn the_shown_form_keeps_its_case() {
        assert_eq!(Username::parse("Alice").unwrap().as_str(), "Alice");
    }
}
