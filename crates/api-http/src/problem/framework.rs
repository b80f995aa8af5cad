//! What actix-web refuses by itself, as problems.

use std::convert::Infallible;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;

use super::{Kind, Problem};

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
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(cause),
            failed if failed.is_server_error() => Self::internal(cause),
            _ => Self::malformed("The request could not be understood"),
        }
    }
}
