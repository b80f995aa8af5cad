//! The header fields of every answer: its id, and what a browser may do with it.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::request_id;

/// Nothing here is a page but the reference, which brings a policy of its own.
const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A year, which is the least that OWASP ASVS 5 (3.4.1) asks for.
const HTTPS_ALONE: &str = "max-age=31536000; includeSubDomains";

const EVERYWHERE: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// What holds unless the handler said otherwise.
const BY_DEFAULT: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, NO_PAGE)];

/// Sets the fields; `is_https` says whether browsers reach the service by HTTPS.
pub(super) fn set_common(headers: &mut HeaderMap, id: &str, is_https: bool) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, value);
    }
    for (name, value) in EVERYWHERE {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in BY_DEFAULT {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_ALONE));
    }
}
