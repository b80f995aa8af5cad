//! `/inbox`.

use actix_web::{HttpResponse, web};

use crate::auth::Authenticated;
use crate::dto::{InboxDto, ReadInboxQuery};
use crate::openapi::{Failed, Malformed, NotProvisioned, Unauthenticated};
use crate::problem::Problem;
use crate::state::Api;

/// Read the caller's inbox from a place on.
///
/// The events are those that the WebSocket sends.
#[utoipa::path(
    get, path = "/inbox", operation_id = "readInbox", tag = "inbox",
    params(ReadInboxQuery),
    responses(
        (status = 200, description = "The events after that place", body = InboxDto),
        Malformed, Unauthenticated, NotProvisioned, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn read(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: ReadInboxQuery { since, limit } }: Authenticated<ReadInboxQuery>,
) -> Result<HttpResponse, Problem> {
    let view = patience.wait(api.read_inbox.execute(caller.user_id, since, limit)).await?;
    Ok(HttpResponse::Ok().json(InboxDto::from(view)))
}
