//! `/auth/passkeys`: what the caller signs in with.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::ceremony::options_of;
use super::write::to_the_end;
use crate::auth::Authenticated;
use crate::dto::{AddPasskeyRequest, MadePasskey, OptionsDto, PasskeyDto, PasskeyListDto};
use crate::extract::{JsonObject, PasskeyIdInPath};
use crate::openapi::{
    Failed, LastPasskey, Malformed, NoPasskey, NotProvisioned, RateLimited, RefusedPasskeyOrSession, SignInNeeded,
    TakenPasskey, TooManyPasskeys, Unauthenticated, UnreadableBody,
};
use crate::problem::Problem;
use crate::state::Api;

/// List one's passkeys, the oldest first.
#[utoipa::path(
    get, path = "/auth/passkeys", operation_id = "listPasskeys", tag = "session",
    responses((status = 200, description = "The caller's passkeys", body = PasskeyListDto), Unauthenticated, NotProvisioned, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn list(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let passkeys = patience.wait(api.list_passkeys.execute(caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(PasskeyListDto::from(passkeys)))
}

/// Begin to add a passkey.
///
/// The answer is like that of a registration; `excludeCredentials` keeps authenticators out that have a passkey of the
/// caller already. The caller has to have signed in within the last 10 minutes.
#[utoipa::path(
    post, path = "/auth/passkeys/begin", operation_id = "beginPasskey", tag = "session",
    responses(
        (status = 200, description = "Options for `navigator.credentials.create`", body = OptionsDto),
        Unauthenticated, SignInNeeded, TooManyPasskeys, RateLimited, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn begin(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let add_passkey = Arc::clone(&api.add_passkey);
    let beginning = async move { add_passkey.begin(&caller).await };
    Ok(options_of(patience.wait(to_the_end(&api.runtime, beginning)).await?))
}

/// Add the passkey that was made.
///
/// The caller has to have signed in within the last 10 minutes.
#[utoipa::path(
    post, path = "/auth/passkeys/complete", operation_id = "addPasskey", tag = "session",
    request_body(content = AddPasskeyRequest, content_type = "application/json"),
    responses(
        (status = 201, description = "The new passkey", body = PasskeyDto),
        Malformed, RefusedPasskeyOrSession, SignInNeeded, TakenPasskey, UnreadableBody, RateLimited, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn complete(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<JsonObject>,
) -> Result<HttpResponse, Problem> {
    let AddPasskeyRequest(MadePasskey { response, name }) = AddPasskeyRequest::parse(content)?;
    let add_passkey = Arc::clone(&api.add_passkey);
    let completing = async move { add_passkey.complete(&caller, &response, name).await };
    let passkey = patience.wait(to_the_end(&api.runtime, completing)).await?;
    Ok(HttpResponse::Created().json(PasskeyDto::from(passkey)))
}

/// Remove a passkey; nobody signs in with it any more.
///
/// The last one stays: without it, its user could not sign in again. The caller has to have signed in within the last 10
/// minutes.
#[utoipa::path(
    delete, path = "/auth/passkeys/{id}", operation_id = "removePasskey", tag = "session",
    params(("id" = String, Path, description = "The passkey's id, as the list has it")),
    responses((status = 204, description = "It is gone"), Unauthenticated, SignInNeeded, NoPasskey, LastPasskey, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn remove(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<PasskeyIdInPath>,
) -> Result<HttpResponse, Problem> {
    let PasskeyIdInPath(id) = content;
    let remove_passkey = Arc::clone(&api.remove_passkey);
    let removing = async move { remove_passkey.execute(&caller, &id).await };
    patience.wait(to_the_end(&api.runtime, removing)).await?;
    Ok(HttpResponse::NoContent().finish())
}
