//! Around every request: its id, its span, and the problem document when it is refused.

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError, web};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::headers;
use super::request_id::request_id;
use crate::auth::RenewedCookie;
use crate::limits::client_of;
use crate::problem::{MEDIA_TYPE, Problem};
use crate::routes::matched_path;
use crate::state::Api;

/// Gives the request an id and a span, turns every error into a problem document, and writes one line about it.
pub(crate) async fn answer<B: MessageBody>(
    api: web::Data<Api>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let id = request_id(request.headers(), &*api.ids);
    let is_check = matches!(request.path(), "/health" | "/ready");
    let client = client_of(request.request(), &api.config.proxies);
    let span = span(&request, &id, client, is_check);
    let started = Instant::now();
    let outcome = next.call(request).instrument(span.clone()).await;
    let _entered = span.enter();
    let mut response = with_problem(outcome?, &id);
    RenewedCookie::add_to(&mut response);
    headers::set_common(response.headers_mut(), &id, api.config.secure_cookies);
    record(&span, &response, started);
    if is_check {
        tracing::debug!("request answered");
    } else {
        tracing::info!("request answered");
    }
    Ok(response)
}

/// The fields of a request. Who is calling is filled in by whoever has found it out: [`Authenticated`], or the gateway of
/// the sockets.
///
/// [`Authenticated`]: crate::auth::Authenticated
macro_rules! request_span {
    ($level:ident, $id:expr, $client:expr, $method:expr) => {
        tracing::$level!(
            "request",
            id = $id,
            client = %$client,
            user_id = Empty,
            session_id = Empty,
            method = $method,
            route = Empty,
            status = Empty,
            duration_us = Empty
        )
    };
}

/// Checks come every few seconds from every load balancer, so they are for the curious alone.
fn span(request: &ServiceRequest, id: &str, client: IpAddr, is_check: bool) -> Span {
    let method = request.method().as_str();
    if is_check { request_span!(debug_span, id, client, method) } else { request_span!(info_span, id, client, method) }
}

fn record<B>(span: &Span, response: &ServiceResponse<B>, started: Instant) {
    span.record("route", matched_path(response.request()).as_deref().unwrap_or("none"));
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
