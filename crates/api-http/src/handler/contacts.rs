//! `/auth/contact-policy` and `/auth/blocks`: from whom the caller accepts rooms.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::write::to_the_end;
use crate::auth::Authenticated;
use crate::dto::{BlockListDto, ContactPolicyDto, ListBlocksQuery, SetPolicyRequest};
use crate::extract::{JsonObject, UserInPath};
use crate::openapi::{Failed, Forbidden, Malformed, NoUser, NotProvisioned, Unauthenticated, UnreadableBody};
use crate::problem::Problem;
use crate::state::Api;

/// Look at who may open rooms with the caller.
#[utoipa::path(
    get, path = "/auth/contact-policy", operation_id = "getContactPolicy", tag = "people",
    responses((status = 200, description = "The caller's policy", body = ContactPolicyDto), Unauthenticated, NotProvisioned, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn policy(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let policy = patience.wait(api.contact_settings.policy_of(caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(ContactPolicyDto::from(policy)))
}

/// Say who may open rooms with the caller.
///
/// It holds for rooms that are opened, and groups that the caller is brought into, from now on.
#[utoipa::path(
    put, path = "/auth/contact-policy", operation_id = "setContactPolicy", tag = "people",
    request_body(content = SetPolicyRequest, content_type = "application/json",
        example = json!({"rooms_from": "shared_rooms"})),
    responses(
        (status = 200, description = "The caller's policy", body = ContactPolicyDto),
        Malformed, Unauthenticated, Forbidden, UnreadableBody, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn set_policy(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<JsonObject>,
) -> Result<HttpResponse, Problem> {
    let SetPolicyRequest { policy } = SetPolicyRequest::parse(content)?;
    let settings = Arc::clone(&api.contact_settings);
    let setting = async move { settings.change(caller.user_id, policy).await };
    patience.wait(to_the_end(&api.runtime, setting)).await?;
    Ok(HttpResponse::Ok().json(ContactPolicyDto::from(policy)))
}

/// List whom the caller blocks.
#[utoipa::path(
    get, path = "/auth/blocks", operation_id = "listBlocks", tag = "people",
    params(ListBlocksQuery),
    responses(
        (status = 200, description = "A page of those who are blocked", body = BlockListDto),
        Malformed, Unauthenticated, NotProvisioned, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn list(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: ListBlocksQuery { limit, cursor } }: Authenticated<ListBlocksQuery>,
) -> Result<HttpResponse, Problem> {
    let list = patience.wait(api.list_blocks.execute(caller.user_id, cursor, limit)).await?;
    Ok(HttpResponse::Ok().json(BlockListDto::from(list)))
}

/// Block somebody.
///
/// They are not told, and can open no room with the caller from now on; rooms that both are in stay as they are.
#[utoipa::path(
    put, path = "/auth/blocks/{user_id}", operation_id = "blockUser", tag = "people",
    params(("user_id" = String, Path, format = "uuid", description = "Who is blocked")),
    responses(
        (status = 204, description = "They are blocked"), Malformed, Unauthenticated, Forbidden, NoUser, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn block(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: UserInPath(user) }: Authenticated<UserInPath>,
) -> Result<HttpResponse, Problem> {
    let block_user = Arc::clone(&api.block_user);
    let blocking = async move { block_user.execute(caller.user_id, user).await };
    patience.wait(to_the_end(&api.runtime, blocking)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a block away.
#[utoipa::path(
    delete, path = "/auth/blocks/{user_id}", operation_id = "unblockUser", tag = "people",
    params(("user_id" = String, Path, format = "uuid", description = "Who is blocked")),
    responses((status = 204, description = "They are not blocked any more"), Unauthenticated, Forbidden, NoUser, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn unblock(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: UserInPath(user) }: Authenticated<UserInPath>,
) -> Result<HttpResponse, Problem> {
    let unblock_user = Arc::clone(&api.unblock_user);
    let unblocking = async move { unblock_user.execute(caller.user_id, user).await };
    if patience.wait(to_the_end(&api.runtime, unblocking)).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(Problem::user_not_found(format!("User not blocked: {user}")))
}
