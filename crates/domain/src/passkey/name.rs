//! What a user calls a passkey.

use std::fmt;

use crate::text::{Flaw, trimmed_line};

/// Why a text is no [`PasskeyName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPasskeyName {
    /// Nothing is left after trimming.
    #[error("must have at least 1 character that is not white space")]
    TooShort,
    /// More than 100 characters.
    #[error("must have at most {} characters", PasskeyName::LONGEST)]
    TooLong,
    /// It contains a control character or a line break.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// 1 to 100 characters (Unicode scalar values), trimmed, without control characters: "work laptop".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    const LONGEST: usize = 100;

    /// Reads a name as somebody typed it, and trims it.
    ///
    /// # Errors
    /// [`InvalidPasskeyName`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidPasskeyName> {
        trimmed_line(text, Self::LONGEST).map(Self).map_err(|flaw| match flaw {
            Flaw::TooShort => InvalidPasskeyName::TooShort,
            Flaw::TooLong => InvalidPasskeyName::TooLong,
            Flaw::Control => InvalidPasskeyName::ControlCharacter,
        })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a passkey is called that its user gave no name.
impl Default for PasskeyName {
    fn default() -> Self {
        Self("Passkey".to_owned())
    }
}

impl fmt::Display for PasskeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(PasskeyName::parse(" work laptop ").unwrap().as_str(), "work laptop");
        assert_eq!(PasskeyName::parse(" "), Err(InvalidPasskeyName::TooShort));
        assert_eq!(PasskeyName::parse(&"a".repeat(101)), Err(InvalidPasskeyName::TooLong));
        assert_eq!(PasskeyName::parse("a\u{7}"), Err(InvalidPasskeyName::ControlCharacter));
        assert_eq!(PasskeyName::parse(PasskeyName::default().as_str()), Ok(PasskeyName::default()));
    }
}
