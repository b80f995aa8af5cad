//! What actix-web refuses by itself, as problems.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;

use super::{FieldError, Kind, Problem};

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<PayloadError> for Problem {
    fn from(_: PayloadError) -> Self {
        Self::malformed("The body could not be read to its end")
    }
}

impl Problem {
    /// The problem behind what a route of another adapter refuses in its query, worded as serde does it: the field and
    /// what is wrong with it, or that it stands there twice. Other words name no field of `query` and are not passed on.
    pub(crate) fn of_query(refused: &str, query: &str) -> Self {
        let twice = refused.strip_prefix("duplicate field `").and_then(|rest| rest.strip_suffix('`'));
        let named = twice.map(|field| (field, "must not be given twice")).or_else(|| refused.split_once(' '));
        let is_given = |field: &str| query.split('&').any(|pair| pair.split('=').next() == Some(field));
        match named.filter(|(field, _)| is_given(field)) {
            Some((field, detail)) => {
                Self::malformed_fields(vec![FieldError { field: field.to_owned(), detail: detail.to_owned() }])
            }
            None => Self::malformed("The query string cannot be read"),
        }
    }

    /// The problem behind an answer that carries another kind of error or none: what a library made of the request.
    ///
    /// The status is kept where the table has it; others become the nearest one of their class.
    pub(crate) fn from_status(status: StatusCode, cause: String) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::unauthenticated(),
            StatusCode::FORBIDDEN => Self::new(Kind::Forbidden, "The request is not allowed"),
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(Kind::MethodNotAllowed, "The method is not allowed"),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Kind::PayloadTooLarge, "The body is too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported_media_type("The media type is not supported"),
            StatusCode::TOO_MANY_REQUESTS => Self::rate_limited(Duration::ZERO),
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(cause),
            failed if failed.is_server_error() => Self::internal(cause),
            _ => Self::malformed("The request could not be understood"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(refused: &str, query: &str) -> serde_json::Value {
        let document = Problem::of_query(refused, query).document("");
        serde_json::from_slice::<serde_json::Value>(&document).unwrap()["errors"].take()
    }

    #[test]
    fn a_refused_parameter_of_another_adapter_is_named() {
        assert_eq!(
            field("since must be a number", "a=1&since=x"),
            serde_json::json!([{"field": "since", "detail": "must be a number"}])
        );
        assert_eq!(field("duplicate field `since`", "since=1&since=2")[0]["detail"], "must not be given twice");
    }

    #[test]
    fn words_that_name_no_parameter_are_not_passed_on() {
        assert!(field("invalid type: sequence", "since=1").is_null());
    }
}
