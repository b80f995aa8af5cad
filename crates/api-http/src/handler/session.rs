//! `/auth`: the caller and the end of their session.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::write::to_the_end;
use crate::auth::{self, Authenticated};
use crate::dto::UserDto;
use crate::openapi::{Failed, Forbidden, NotProvisioned, Unauthenticated};
use crate::patience::Patience;
use crate::problem::Problem;
use crate::state::Api;

/// Tell who is calling.
#[utoipa::path(
    get, path = "/auth/me", operation_id = "getCaller", tag = "session",
    responses((status = 200, description = "The caller", body = UserDto), Unauthenticated, NotProvisioned, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn me(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let found = patience.wait(api.find_user.by_id(caller.user_id)).await?;
    let user = found.filter(|user| user.is_active).ok_or_else(Problem::unauthenticated)?;
    Ok(HttpResponse::Ok().json(UserDto::from(user)))
}

/// End the caller's session.
///
/// The cookie is deleted and the session's sockets are closed; without a session there is nothing to end.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logout", tag = "session",
    responses(
        (status = 204, description = "There is no session any more", headers(
            ("Set-Cookie" = String, description = "Deletes the cookie"))),
        Forbidden, Failed,
    ),
    security((), ("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn logout(api: web::Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut patience = Patience::of(api.stores_answer_within);
    if let Some(session) = auth::session_to_end(&request, &mut patience).await? {
        let revoke_session = Arc::clone(&api.revoke_session);
        let revoking = async move { revoke_session.execute(session).await };
        patience.wait(to_the_end(&api.runtime, revoking)).await?;
    }
    Ok(HttpResponse::NoContent().cookie(auth::removal(api.config.secure_cookies)).finish())
}
