//! The name that a room was given.

use std::fmt;

use crate::text::{Flaw, trimmed_line};

/// Why a text is no [`RoomName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoomName {
    /// Nothing is left after trimming.
    #[error("must have at least 1 character that is not white space")]
    TooShort,
    /// More than 100 characters.
    #[error("must have at most {} characters", RoomName::LONGEST)]
    TooLong,
    /// It contains a control character or a line break.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// 1 to 100 characters (Unicode scalar values), trimmed, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomName(String);

impl RoomName {
    const LONGEST: usize = 100;

    /// Reads a name as somebody typed it, and trims it.
    ///
    /// # Errors
    /// [`InvalidRoomName`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidRoomName> {
        trimmed_line(text, Self::LONGEST).map(Self).map_err(|flaw| match flaw {
            Flaw::TooShort => InvalidRoomName::TooShort,
            Flaw::TooLong => InvalidRoomName::TooLong,
            Flaw::Control => InvalidRoomName::ControlCharacter,
        })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(RoomName::parse(" Tea  party ").unwrap().as_str(), "Tea  party");
        assert_eq!(RoomName::parse("\u{a0}"), Err(InvalidRoomName::TooShort));
        assert!(RoomName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(RoomName::parse(&"é".repeat(101)), Err(InvalidRoomName::TooLong));
        assert_eq!(RoomName::parse("a\u{7}b"), Err(InvalidRoomName::ControlCharacter));
    }
}
