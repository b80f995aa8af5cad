//! The name that other people see.

use std::fmt;

use crate::text::{Flaw, trimmed_line};

/// Why a text is no [`DisplayName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDisplayName {
    /// Nothing is left after trimming.
    #[error("must have at least 1 character that is not white space")]
    TooShort,
    /// More than 100 characters.
    #[error("must have at most {} characters", DisplayName::LONGEST)]
    TooLong,
    /// It contains a control character or a line break.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// 1 to 100 characters (Unicode scalar values), trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisplayName(String);

impl DisplayName {
    const LONGEST: usize = 100;

    /// Reads a name as somebody typed it, and trims it.
    ///
    /// # Errors
    /// [`InvalidDisplayName`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidDisplayName> {
        trimmed_line(text, Self::LONGEST).map(Self).map_err(|flaw| match flaw {
            Flaw::TooShort => InvalidDisplayName::TooShort,
            Flaw::TooLong => InvalidDisplayName::TooLong,
            Flaw::Control => InvalidDisplayName::ControlCharacter,
        })
    }

    /// What stands in place of a name once its user was deactivated.
    #[must_use]
    pub fn tombstone() -> Self {
        Self("Deleted account".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_name_is_trimmed() {
        assert_eq!(DisplayName::parse("  Zoë 🦊 \u{3000}").unwrap().as_str(), "Zoë 🦊");
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert_eq!(DisplayName::parse(" \t "), Err(InvalidDisplayName::TooShort));
    }

    #[test]
    fn the_limit_counts_characters() {
        assert!(DisplayName::parse(&"🦊".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"a".repeat(101)), Err(InvalidDisplayName::TooLong));
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\nb", "a\u{0}b", "a\u{85}b", "a\u{2028}b"] {
            assert_eq!(DisplayName::parse(text), Err(InvalidDisplayName::ControlCharacter), "{text:?}");
        }
    }
}
