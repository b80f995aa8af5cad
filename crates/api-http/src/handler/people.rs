//! `/auth/users` and what a caller changes about themselves in `/auth/me`.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::write::to_the_end;
use crate::auth::{self, Authenticated};
use crate::dto::{RenameUserRequest, SearchUsersRequest, UserDto, UserListDto};
use crate::extract::JsonObject;
use crate::openapi::{Failed, Forbidden, Malformed, RateLimited, SignInNeeded, Unauthenticated, UnreadableBody};
use crate::problem::Problem;
use crate::state::Api;

/// Search for people.
///
/// By username and display name, without regard to case and accents; the best match comes first. Whoever is not active
/// is not found, and neither is the caller.
#[utoipa::path(
    post, path = "/auth/users/search", operation_id = "searchUsers", tag = "people",
    request_body(content = SearchUsersRequest, content_type = "application/json",
        example = json!({"query": "ali", "limit": 10})),
    responses(
        (status = 200, description = "Those who match best", body = UserListDto),
        Malformed, Unauthenticated, Forbidden, UnreadableBody, RateLimited, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn search(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<JsonObject>,
) -> Result<HttpResponse, Problem> {
    let SearchUsersRequest { query, limit } = SearchUsersRequest::parse(content)?;
    let found = patience.wait(api.search_users.execute(caller.user_id, &query, limit)).await?;
    Ok(HttpResponse::Ok().json(UserListDto::from(found)))
}

/// Change one's display name.
///
/// Whoever shares a room with the caller sees the new name at their next look, and is told of it. Without
/// `display_name` the answer is the caller as they are.
#[utoipa::path(
    patch, path = "/auth/me", operation_id = "renameCaller", tag = "people",
    request_body(content = RenameUserRequest, content_type = "application/json",
        example = json!({"display_name": "Alice B."})),
    responses(
        (status = 200, description = "The caller as they are now", body = UserDto),
        Malformed, Unauthenticated, Forbidden, UnreadableBody, RateLimited, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn rename(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<JsonObject>,
) -> Result<HttpResponse, Problem> {
    let Some(display_name) = RenameUserRequest::parse(content)?.display_name else {
        let user = patience.wait(api.find_user.by_id(caller.user_id)).await?.ok_or_else(Problem::unauthenticated)?;
        return Ok(HttpResponse::Ok().json(UserDto::from(user)));
    };
    let change = Arc::clone(&api.change_display_name);
    let tellers = api.clone();
    let renaming = async move {
        let outcome = change.execute(caller.user_id, display_name).await;
        // Whoever asks again after an unknown outcome may find the name there, and nothing new to tell.
        if matches!(&outcome, Ok(changed) if changed.is_new)
            || matches!(&outcome, Err(error) if error.is_perhaps_done())
        {
            tellers.name_tellings.tell_of(caller.user_id);
        }
        outcome
    };
    let changed = patience.wait(to_the_end(&api.runtime, renaming)).await?;
    Ok(HttpResponse::Ok().json(UserDto::from(changed.user)))
}

/// Deactivate one's account.
///
/// For good: the username stays taken, the display name becomes a tombstone, every session ends with its sockets, and
/// rooms keep their history. Those who share a room are told. Who has a session has to have signed in within the last 10
/// minutes.
#[utoipa::path(
    delete, path = "/auth/me", operation_id = "deactivateCaller", tag = "people",
    responses(
        (status = 204, description = "The account is deactivated", headers(
            ("Set-Cookie" = String, description = "Deletes the cookie"))),
        Unauthenticated, SignInNeeded, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn deactivate(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: () }: Authenticated,
) -> Result<HttpResponse, Problem> {
    let deactivate = Arc::clone(&api.deactivate_account);
    let tellers = api.clone();
    let going = async move {
        let outcome = deactivate.execute(&caller).await;
        if matches!(&outcome, Ok(true)) || matches!(&outcome, Err(error) if error.is_perhaps_done()) {
            tellers.name_tellings.tell_of(caller.user_id);
        }
        outcome
    };
    if !patience.wait(to_the_end(&api.runtime, going)).await? {
        return Err(Problem::unauthenticated());
    }
    Ok(HttpResponse::NoContent().cookie(auth::removal(api.config.secure_cookies)).finish())
}
