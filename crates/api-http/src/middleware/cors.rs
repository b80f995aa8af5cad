//! Cross-origin requests (the Fetch standard, section 3.2): with credentials, from exact origins.

use actix_cors::Cors;
use actix_web::http::header::{self, HeaderName};

/// Lets pages of these origins call; with none it lets no foreign page call.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let origins = origins.to_vec();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([
            header::LOCATION,
            header::RETRY_AFTER,
            HeaderName::from_static("idempotency-replayed"),
            HeaderName::from_static("x-request-id"),
        ])
        .supports_credentials()
        .max_age(3600)
}
