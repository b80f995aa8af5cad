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

    /// The valid value of a field that has to be given, which is reported when it is not.
    pub(crate) fn require<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        match given {
            Given::Valid(value) => Some(value),
            Given::Wrong => None,
            Given::Absent => {
                self.push(field, "must be given");
                None
            }
        }
    }

    /// The problem that names them; nothing when there are none.
    pub(crate) fn into_result(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::malformed_fields(self.0)) }
    }

    /// What was made of the fields that have to be given; where one is missing or invalid the problem that names them.
    pub(crate) fn into_value<T>(self, made: Option<T>) -> Result<T, Problem> {
        self.into_result()?;
        made.ok_or_else(|| Problem::internal("a request without a fault has not all fields"))
    }
}
