//! What may change something at all: no request of a foreign page, and none that comes too often.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::auth::is_sent_by_foreign_page;
use crate::problem::Problem;
use crate::state::Api;

/// Lets every safe method pass (RFC 9110, section 9.2.1). Of the others it refuses those that a foreign page made a
/// browser send, with a cookie or without: a sign-in that a page forges would put its visitor into somebody else's
/// account. Then it counts the request where its client is limited.
pub(crate) async fn admit<B: MessageBody + 'static>(
    api: web::Data<Api>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if !request.method().is_safe()
        && let Err(problem) = check(&api, &request)
    {
        return Ok(request.error_response(problem).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn check(api: &Api, request: &ServiceRequest) -> Result<(), Problem> {
    let request = request.request();
    if is_sent_by_foreign_page(request, &api.config.cors_origins) {
        return Err(Problem::forbidden("A page of another origin may not do this"));
    }
    api.limits.count_client(request, &api.config.proxies)
}
