//! `/auth/sessions`: the caller's sessions.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::write::to_the_end;
use crate::auth::Authenticated;
use crate::dto::SessionListDto;
use crate::extract::SessionIdInPath;
use crate::openapi::{Failed, Forbidden, NoSession, NotProvisioned, Unauthenticated};
use crate::problem::Problem;
use crate::state::Api;

/// List the caller's sessions.
#[utoipa::path(
    get, path = "/auth/sessions", operation_id = "listSessions", tag = "session",
    responses((status = 200, description = "The live sessions", body = SessionListDto), Unauthenticated, NotProvisioned, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn list(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let sessions = patience.wait(api.list_sessions.execute(caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(SessionListDto::new(sessions, caller.session_id)))
}

/// Revoke one of the caller's sessions.
///
/// Its sockets are closed. To the caller there are no sessions but their own.
#[utoipa::path(
    delete, path = "/auth/sessions/{id}", operation_id = "revokeSession", tag = "session",
    params(("id" = String, Path, format = "uuid", description = "The session")),
    responses((status = 204, description = "There is no such session any more"), Unauthenticated, Forbidden, NoSession,
        Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn revoke(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: SessionIdInPath(session) }: Authenticated<SessionIdInPath>,
) -> Result<HttpResponse, Problem> {
    let own_sessions = Arc::clone(&api.revoke_own_sessions);
    let revoking = async move { own_sessions.one(caller.user_id, session).await };
    patience.wait(to_the_end(&api.runtime, revoking)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Revoke all other sessions of the caller.
///
/// The one through which this is asked goes on; the sockets of the others are closed.
#[utoipa::path(
    delete, path = "/auth/sessions", operation_id = "revokeOtherSessions", tag = "session",
    responses((status = 204, description = "There is no other session any more"), Unauthenticated, Forbidden, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn revoke_others(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let own_sessions = Arc::clone(&api.revoke_own_sessions);
    let revoking = async move { own_sessions.all_but(caller.user_id, caller.session_id).await };
    patience.wait(to_the_end(&api.runtime, revoking)).await?;
    Ok(HttpResponse::NoContent().finish())
}
