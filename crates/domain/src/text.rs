//! What every short text that a person types has in common.

/// Why a text is refused; the caller's error type says which text it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    TooShort,
    TooLong,
    Control,
}

/// Trims white space at both ends and checks that `1..=longest` characters (Unicode scalar values) are left, none of
/// them a control character (general category Cc) or a line or paragraph separator.
pub(crate) fn trimmed_line(text: &str, longest: usize) -> Result<String, Flaw> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Flaw::TooShort);
    }
    if trimmed.chars().count() > longest {
        return Err(Flaw::TooLong);
    }
    if trimmed.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(Flaw::Control);
    }
    Ok(trimmed.to_owned())
}
