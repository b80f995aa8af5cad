//! The checks of an operator's machinery.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use futures_util::future::join;
use parlour_domain::port::ReadError;

use crate::dto::{HealthDto, PortState, Ports, ReadyDto};
use crate::openapi::NotReady;
use crate::problem::{Cause, Problem};
use crate::state::Api;

const PATIENCE: Duration = Duration::from_secs(2);

/// Tell that the program runs.
#[utoipa::path(
    get, path = "/health", operation_id = "getHealth", tag = "operations",
    responses((status = 200, description = "It runs", body = HealthDto)),
    security(())
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(HealthDto { status: "ok" })
}

/// Tell whether the program takes requests.
#[utoipa::path(
    get, path = "/ready", operation_id = "getReadiness", tag = "operations",
    responses((status = 200, description = "It does", body = ReadyDto), NotReady),
    security(())
)]
pub(crate) async fn ready(api: web::Data<Api>) -> Result<HttpResponse, Problem> {
    if api.drain.has_begun() {
        return Err(Problem::not_ready("The service is about to end", None, None));
    }
    let (users, rooms) = join(answers(api.users.ping()), answers(api.rooms.ping())).await;
    let ports = Ports { user_store: state(&users), room_store: state(&rooms) };
    let detail = match (&users, &rooms) {
        (Ok(()), Ok(())) => return Ok(HttpResponse::Ok().json(ReadyDto { status: "ready", ports })),
        (Err(_), Ok(())) => "user_store is down",
        (Ok(()), Err(_)) => "room_store is down",
        (Err(_), Err(_)) => "user_store and room_store are down",
    };
    Err(Problem::not_ready(detail, Some(ports), users.err().or(rooms.err())))
}

async fn answers(ping: impl Future<Output = Result<(), ReadError>>) -> Result<(), Cause> {
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(elapsed) => Err(elapsed.into()),
    }
}

const fn state(answer: &Result<(), Cause>) -> PortState {
    if answer.is_ok() { PortState::Up } else { PortState::Down }
}
