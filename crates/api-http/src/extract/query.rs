//! The parameters of a query.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;

use actix_web::web::Query;

use super::{FieldErrors, Given};
use crate::problem::Problem;

/// The parameters, each given once; whoever reads them takes those that they know.
#[derive(Debug)]
pub(crate) struct QueryFields {
    by_name: BTreeMap<String, String>,
    errors: FieldErrors,
}

impl QueryFields {
    /// Reads the query string of a URI.
    ///
    /// # Errors
    /// The problem `malformed-request` when it cannot be split into parameters.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|_| Problem::malformed("The query string cannot be read"))?;
        let mut fields = Self { by_name: BTreeMap::new(), errors: FieldErrors::default() };
        for (name, value) in pairs.into_inner() {
            if fields.by_name.insert(name.clone(), value).is_some() {
                fields.errors.push(name, "must not be given twice");
            }
        }
        Ok(fields)
    }

    /// The parameter of that name, read by `parse`.
    pub(crate) fn read<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.errors.read(name, self.by_name.remove(name), |text| parse(&text)) {
            Given::Valid(value) => Some(value),
            Given::Absent | Given::Wrong => None,
        }
    }

    /// The parameter of that name as a number within `range`, written in digits alone.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        self.read(name, |text| {
            let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|number| is_digits && range.contains(number));
            number.ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// Says what was wrong with the parameters that were read.
    ///
    /// # Errors
    /// The problem `malformed-request` that names them.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        self.errors.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(query: &str) -> Result<Option<u64>, Problem> {
        let mut fields = QueryFields::parse(query)?;
        let since = fields.number("since", 0..=u64::MAX);
        fields.finish().map(|()| since)
    }

    #[test]
    fn a_number_is_read_up_to_its_limit() {
        assert_eq!(since("").unwrap(), None);
        assert_eq!(since("since=0&other=x").unwrap(), Some(0));
        assert_eq!(since("since=18446744073709551615").unwrap(), Some(u64::MAX));
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for query in ["since=", "since=-1", "since=%2B1", "since=1.0", "since=18446744073709551616", "since=1&since=1"]
        {
            let document = since(query).unwrap_err().document("");
            let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
            assert_eq!(document["errors"][0]["field"], "since", "{query}");
        }
    }
}
