//! Around every request: its id, its span, and the problem document when it is refused.

use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError, web};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::request_id::{self, request_id};
use crate::problem::{MEDIA_TYPE, Problem};
use crate::state::Api;

/// Gives the request an id and a span, turns every error into a problem document, and writes one line about it.
pub(crate) async fn answer<B: MessageBody>(
    api: web::Data<Api>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let id = request_id(request.headers(), &*api.ids);
    let is_check = matches!(request.path(), "/health" | "/ready");
    let span = span(&request, &id, is_check);
    let started = Instant::now();
    let outcome = next.call(request).instrument(span.clone()).await;
    let _entered = span.enter();
    let mut response = with_problem(outcome?, &id);
    set_common_headers(response.headers_mut(), &id);
    record(&span, &response, started);
    if is_check {
        tracing::debug!("request answered");
    } else {
        tracing::info!("request answered");
    }
    Ok(response)
}

/// Checks come every few seconds from every load balancer, so they are for the curious alone.
fn span(request: &ServiceRequest, id: &str, is_check: bool) -> Span {
    let method = request.method().as_str();
    if is_check {
        tracing::debug_span!("request", id, method, route = Empty, status = Empty, duration_us = Empty)
    } else {
        tracing::info_span!("request", id, method, route = Empty, status = Empty, duration_us = Empty)
    }
}

fn record<B>(span: &Span, response: &ServiceResponse<B>, started: Instant) {
    span.record("route", response.request().match_pattern().as_deref().unwrap_or("none"));
    span.record("status", response.status().as_u16());
    span.record("duration_us", u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
}

fn with_problem<B: MessageBody>(response: ServiceResponse<B>, id: &str) -> ServiceResponse<EitherBody<B>> {
    if !is_refusal_without_document(&response) {
        return response.map_into_left_body();
    }
    let refusal = response.response().error().map_or_else(
        || Refusal::write(&Problem::from_status(response.status(), "no error given".to_owned()), id),
        |error| Refusal::of(error, id),
    );
    response.map_body(|head: &mut ResponseHead, _| {
        head.status = refusal.status;
        for (name, value) in refusal.headers {
            head.headers.insert(name, value);
        }
        EitherBody::Right { body: BoxBody::new(refusal.document) }
    })
}

fn is_refusal_without_document<B>(response: &ServiceResponse<B>) -> bool {
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    is_refusal && response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != MEDIA_TYPE)
}

/// A problem as it goes onto the wire.
struct Refusal {
    status: StatusCode,
    headers: HeaderMap,
    document: Vec<u8>,
}

impl Refusal {
    fn of(error: &Error, id: &str) -> Self {
        error.as_error::<Problem>().map_or_else(
            // Not its `status_code()`: a refused WebSocket handshake has the right one in its response alone.
            || Self::write(&Problem::from_status(error.error_response().status(), error.to_string()), id),
            |problem| Self::write(problem, id),
        )
    }

    /// A failure's cause is logged here and nowhere else.
    fn write(problem: &Problem, id: &str) -> Self {
        if let Some(cause) = problem.cause() {
            tracing::error!(error = cause, "request failed");
        }
        let mut headers = HeaderMap::new();
        problem.set_headers(&mut headers);
        Self { status: problem.status_code(), headers, document: problem.document(id) }
    }
}

fn set_common_headers(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
