//! Every refusal, as one value that becomes an RFC 9457 document.
//!
//! `kind` is the table of types, `usecase` maps what the domain refuses, `framework` what actix-web refuses.

mod document;
mod framework;
mod kind;
mod usecase;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

pub(crate) use document::{FieldError, MEDIA_TYPE, ProblemDocument};
pub(crate) use kind::Kind;

use crate::dto::Ports;

/// What caused a failure, for the log alone.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A request that is refused or has failed.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    allow: Option<String>,
    retry_after: Option<u64>,
    ports: Option<Ports>,
    cause: Option<Cause>,
}

impl Problem {
    fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            allow: None,
            retry_after: None,
            ports: None,
            cause: None,
        }
    }

    /// 400: the request as a whole cannot be read.
    pub(crate) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::MalformedRequest, detail)
    }

    /// 400: these fields are missing or invalid.
    pub(crate) fn malformed_fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [] => "The request is malformed".to_owned(),
            [only] => format!("{} {}", only.field, only.detail),
            [first, rest @ ..] => format!("{} {} (and {} more)", first.field, first.detail, rest.len()),
        };
        Self { errors, ..Self::malformed(detail) }
    }

    /// 401: no, a bad or an expired session.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "A valid session is required")
    }

    /// 403: the caller may not do this.
    pub(crate) fn forbidden(detail: &'static str) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    /// 403: who signed the caller's token names somebody who cannot become a user.
    pub(crate) fn not_provisioned(why: &'static str) -> Self {
        Self::new(Kind::Forbidden, format!("The caller could not be registered: {why}"))
    }

    /// 404: no such path.
    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing at this path")
    }

    /// 404: to the caller there is no such room.
    pub(crate) fn room_not_found() -> Self {
        Self::new(Kind::RoomNotFound, "Room not found")
    }

    /// 404: the caller has no such session.
    pub(crate) fn session_not_found() -> Self {
        Self::new(Kind::NotFound, "Session not found")
    }

    /// 404: the caller has no such passkey.
    pub(crate) fn passkey_not_found() -> Self {
        Self::new(Kind::NotFound, "Passkey not found")
    }

    /// 404: there is no such user, or they are not in the room.
    pub(crate) fn participant_not_found(id: impl fmt::Display) -> Self {
        Self::new(Kind::ParticipantNotFound, format!("Participant not found: {id}"))
    }

    /// 404: there is no such user, or nothing of them here.
    pub(crate) fn user_not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::UserNotFound, detail)
    }

    /// 403: these users do not accept rooms from the caller. One text for every reason: which one it is, is theirs to
    /// know.
    pub(crate) fn not_accepted(ids: impl fmt::Display) -> Self {
        Self::new(Kind::Forbidden, format!("Participant does not accept rooms from you: {ids}"))
    }

    /// 405: the path has other methods, those in `allow`.
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let detail = format!("This path allows {allow}");
        Self { allow: Some(allow), ..Self::new(Kind::MethodNotAllowed, detail) }
    }

    /// 413: the body has more bytes than `limit`.
    pub(crate) fn payload_too_large(limit: usize) -> Self {
        Self::new(Kind::PayloadTooLarge, format!("The body must have at most {limit} bytes"))
    }

    /// 415: the body is something else than JSON.
    pub(crate) fn unsupported_media_type(detail: &'static str) -> Self {
        Self::new(Kind::UnsupportedMediaType, detail)
    }

    /// 429: one more is allowed after `wait`.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        let seconds = whole_seconds(wait);
        let detail = format!("Too many requests; the next one is allowed in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(Kind::RateLimited, detail) }
    }

    /// 500: something that the caller cannot help.
    pub(crate) fn internal(cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(Kind::Internal, "The request could not be handled") }
    }

    /// 503: the same request may succeed a little later.
    pub(crate) fn unavailable(cause: impl Into<Cause>) -> Self {
        let detail = "The service is unavailable; the same request may be made again";
        Self { cause: Some(cause.into()), ..Self::new(Kind::Unavailable, detail) }
    }

    /// 503 of the readiness check: it says which ports are down, and the log why.
    pub(crate) fn not_ready(detail: impl Into<Cow<'static, str>>, ports: Option<Ports>, cause: Option<Cause>) -> Self {
        Self { ports, cause, ..Self::new(Kind::Unavailable, detail) }
    }

    /// What the log has to say of a failure.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }

    /// The document's bytes, for the request of that id.
    pub(crate) fn document(&self, instance: &str) -> Vec<u8> {
        let document = ProblemDocument {
            kind: self.kind.uri(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            instance,
            errors: &self.errors,
            ports: self.ports,
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }

    /// Adds the headers that belong to the problem.
    pub(crate) fn set_headers(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(allow) = self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        match self.kind {
            Kind::Unauthenticated => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Kind::Unavailable | Kind::RateLimited => {
                headers.insert(header::RETRY_AFTER, self.retry_after.unwrap_or(SHORTEST_WAIT).into())
            }
            _ => return,
        };
    }
}

/// In seconds, of which `Retry-After` has whole ones (RFC 9110, section 10.2.3).
const SHORTEST_WAIT: u64 = 1;

/// The seconds after which all of `wait` is over, at least one.
fn whole_seconds(wait: Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(begun).max(SHORTEST_WAIT)
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.kind.title())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    /// Without a body: only [`answer`](crate::middleware::answer) knows the request's id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
