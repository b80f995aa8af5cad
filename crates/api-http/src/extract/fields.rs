//! Fields that are read one by one, so that all that is wrong is reported at once.

use std::fmt::Display;

use crate::problem::{FieldError, Problem};

/// What a request has for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Nothing.
    Absent,
    /// Something invalid, which was reported.
    Wrong,
    /// A valid value.
    Valid(T),
}

impl<T> Given<T> {
    /// Whether there is something, valid or not.
    pub(crate) const fn is_given(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The valid value, if there is one.
    pub(crate) const fn valid(&self) -> Option<&T> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }
}

/// The fields that were found to be missing or invalid.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Reports one.
    pub(crate) fn push(&mut self, field: impl Into<String>, detail: impl Display) {
        self.0.push(FieldError { field: field.into(), detail: detail.to_string() });
    }

    /// Reads a field, and reports it when that fails.
    pub(crate) fn read<V, T, E: Display>(
        &mut self,
        field: &str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Given<T> {
        match value.map(parse) {
            None => Given::Absent,
            Some(Ok(parsed)) => Given::Valid(parsed),
            Some(Err(detail)) => {
                self.push(field, detail);
                Given::Wrong
            }
        }
    }

    /// The problem that names them; nothing when there are none.
    pub(crate) fn into_result(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::malformed_fields(self.0)) }
    }
}
