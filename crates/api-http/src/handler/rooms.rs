//! `/rooms`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use parlour_domain::IdempotencyClaim;
use parlour_domain::usecase::{CreateRoomCommand, RoomOpened};

use super::write::to_the_end;
use crate::auth::Authenticated;
use crate::dto::{CreateRoomRequest, ListRoomsQuery, RenameRoomRequest, RoomDto, RoomListDto};
use crate::extract::{At, JsonObject, RoomIdInPath, idempotency_key};
use crate::openapi::{
    Failed, Forbidden, Malformed, NoParticipant, NoRoom, NotAsItIs, NotProvisioned, RateLimited, Unauthenticated,
    UnreadableBody, UsedKey,
};
use crate::problem::Problem;
use crate::state::Api;

const IDEMPOTENCY_REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotency-replayed");

/// Open a room.
///
/// The caller becomes its owner, the participants its members; all of them are told. A direct room exists once for
/// each pair of users: asking again answers the room that exists, and tells no one.
#[utoipa::path(
    post, path = "/rooms", operation_id = "createRoom", tag = "rooms",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$",
        nullable = false,
        description = "Names this request: the same key and body within 24 hours get the first answer again")),
    request_body(content = CreateRoomRequest, content_type = "application/json", examples(
        ("direct" = (summary = "A direct room",
            value = json!({"participant_id": "0192f0c1-2345-7000-8000-000000000002"}))),
        ("group" = (summary = "A group", value = json!({"room_type": "group", "name": "Tea party",
            "participant_ids": ["0192f0c1-2345-7000-8000-000000000002", "0192f0c1-2345-7000-8000-000000000003"]}))),
        ("ephemeral" = (summary = "A room for an hour", value = json!({"room_type": "ephemeral", "ttl_seconds": 3600,
            "participant_id": "0192f0c1-2345-7000-8000-000000000002"}))),
    )),
    responses(
        (status = 201, description = "The room was created", body = RoomDto,
            headers(
                ("Location" = String, description = "The room's path"),
                ("Idempotency-Replayed" = bool, description = "`true` on the answer to an earlier request")),
            links(
                ("getRoom" = (operation_id = "getRoom", parameters(("id" = "$response.body#/id")))),
                ("deleteRoom" = (operation_id = "deleteRoom", parameters(("id" = "$response.body#/id")))))),
        (status = 200, description = "The direct room that exists", body = RoomDto,
            headers(("Idempotency-Replayed" = bool, description = "`true` on the answer to an earlier request"))),
        Malformed, Unauthenticated, Forbidden, NoParticipant, UsedKey, UnreadableBody, RateLimited, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn create(
    api: web::Data<Api>,
    request: HttpRequest,
    Authenticated { caller, mut patience, content }: Authenticated<JsonObject>,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(request.headers())?;
    let CreateRoomRequest { plan, fingerprint } = CreateRoomRequest::parse(content, caller.user_id)?;
    let idempotency = key.map(|key| IdempotencyClaim { key, fingerprint });
    let command = CreateRoomCommand { creator: caller.user_id, plan, idempotency };
    let create_room = Arc::clone(&api.create_room);
    let creating = async move { create_room.execute(command).await };
    let opened = patience.wait(to_the_end(&api.runtime, creating)).await?;
    Ok(answer(opened))
}

fn answer(opened: RoomOpened) -> HttpResponse {
    let RoomOpened { view, created, replayed } = opened;
    let mut response = HttpResponse::build(if created { StatusCode::CREATED } else { StatusCode::OK });
    if created {
        response.insert_header((header::LOCATION, format!("/rooms/{}", view.room.room_id)));
    }
    if replayed {
        response.insert_header((IDEMPOTENCY_REPLAYED, "true"));
    }
    response.json(RoomDto::from(view))
}

/// List the caller's rooms.
#[utoipa::path(
    get, path = "/rooms", operation_id = "listRooms", tag = "rooms",
    params(ListRoomsQuery),
    responses(
        (status = 200, description = "A page of the rooms, newest activity first", body = RoomListDto),
        Malformed, Unauthenticated, NotProvisioned, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn list(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: ListRoomsQuery { limit, cursor } }: Authenticated<ListRoomsQuery>,
) -> Result<HttpResponse, Problem> {
    let list = patience.wait(api.list_rooms.execute(caller.user_id, cursor, limit)).await?;
    Ok(HttpResponse::Ok().json(RoomListDto::from(list)))
}

/// Look at a room.
///
/// To someone who is not in the room it does not exist.
#[utoipa::path(
    get, path = "/rooms/{id}", operation_id = "getRoom", tag = "rooms",
    params(("id" = String, Path, format = "uuid", description = "The room")),
    responses((status = 200, description = "The room", body = RoomDto), Unauthenticated, NotProvisioned, NoRoom, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn get(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: RoomIdInPath(room) }: Authenticated<RoomIdInPath>,
) -> Result<HttpResponse, Problem> {
    let view = patience.wait(api.get_room.execute(caller.user_id, room)).await?;
    Ok(HttpResponse::Ok().json(RoomDto::from(view)))
}

/// Rename a group.
///
/// The owner and the admins may; everyone in it is told, unless it is called so already. Without `name` the answer is
/// the room as it is.
#[utoipa::path(
    patch, path = "/rooms/{id}", operation_id = "renameRoom", tag = "rooms",
    params(("id" = String, Path, format = "uuid", description = "The room")),
    request_body(content = RenameRoomRequest, content_type = "application/json", example = json!({"name": "Tea party"})),
    responses(
        (status = 200, description = "The room as it is now", body = RoomDto),
        Malformed, Unauthenticated, Forbidden, NoRoom, NotAsItIs, UnreadableBody, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn rename(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<At<RoomIdInPath>>,
) -> Result<HttpResponse, Problem> {
    let At { place: RoomIdInPath(room), content } = content;
    let view = match RenameRoomRequest::parse(content)? {
        RenameRoomRequest::Keep => patience.wait(api.get_room.execute(caller.user_id, room)).await?,
        RenameRoomRequest::Rename(name) => {
            let rename_room = Arc::clone(&api.rename_room);
            let renaming = async move { rename_room.execute(caller.user_id, room, name).await };
            patience.wait(to_the_end(&api.runtime, renaming)).await?
        }
    };
    Ok(HttpResponse::Ok().json(RoomDto::from(view)))
}

/// Delete a room.
///
/// Only its owner may; everyone in it is told.
#[utoipa::path(
    delete, path = "/rooms/{id}", operation_id = "deleteRoom", tag = "rooms",
    params(("id" = String, Path, format = "uuid", description = "The room")),
    responses((status = 204, description = "The room is gone"), Unauthenticated, Forbidden, NoRoom, Failed),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn delete(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content: RoomIdInPath(room) }: Authenticated<RoomIdInPath>,
) -> Result<HttpResponse, Problem> {
    let delete_room = Arc::clone(&api.delete_room);
    let deleting = async move { delete_room.execute(caller.user_id, room).await };
    patience.wait(to_the_end(&api.runtime, deleting)).await?;
    Ok(HttpResponse::NoContent().finish())
}
