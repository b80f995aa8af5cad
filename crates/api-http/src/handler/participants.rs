//! `/rooms/{id}/participants`.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::write::to_the_end;
use crate::auth::Authenticated;
use crate::dto::{AddParticipantRequest, ChangeRoleRequest, ParticipantDto};
use crate::extract::{At, ParticipantInPath, RoomIdInPath};
use crate::openapi::{
    Failed, Forbidden, Malformed, NoRoomOrParticipant, NotAsItIs, TakenOrNotAsItIs, Unauthenticated, UnreadableBody,
};
use crate::problem::Problem;
use crate::state::Api;

/// Bring somebody into a group.
///
/// The owner and the admins may; the owner alone may bring in an admin. The newcomer is told of the room as of a new
/// one, and those who were there that they joined.
#[utoipa::path(
    post, path = "/rooms/{id}/participants", operation_id = "addParticipant", tag = "rooms",
    params(("id" = String, Path, format = "uuid", description = "The room")),
    request_body(content = AddParticipantRequest, content_type = "application/json",
        example = json!({"user_id": "0192f0c1-2345-7000-8000-000000000003", "role": "member"})),
    responses(
        (status = 201, description = "The newcomer is in", body = ParticipantDto),
        Malformed, Unauthenticated, Forbidden, NoRoomOrParticipant, TakenOrNotAsItIs, UnreadableBody, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn add(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<At<RoomIdInPath>>,
) -> Result<HttpResponse, Problem> {
    let At { place: RoomIdInPath(room), content } = content;
    let AddParticipantRequest { user_id, role } = AddParticipantRequest::parse(content)?;
    let add = Arc::clone(&api.add_participant);
    let write = async move { add.execute(caller.user_id, room, user_id, role).await };
    let member = patience.wait(to_the_end(&api.runtime, write)).await?;
    Ok(HttpResponse::Created().json(ParticipantDto::from(&member)))
}

/// Give a participant of a group another role.
///
/// The owner may, and an admin may step down. Who is made the owner takes the group over; the one who gave it is an
/// admin then. Everyone in the room is told.
#[utoipa::path(
    patch, path = "/rooms/{id}/participants/{user_id}", operation_id = "changeRole", tag = "rooms",
    params(
        ("id" = String, Path, format = "uuid", description = "The room"),
        ("user_id" = String, Path, format = "uuid", description = "The participant")),
    request_body(content = ChangeRoleRequest, content_type = "application/json", example = json!({"role": "admin"})),
    responses(
        (status = 200, description = "The participant as they are now", body = ParticipantDto),
        Malformed, Unauthenticated, Forbidden, NoRoomOrParticipant, NotAsItIs, UnreadableBody, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn change(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<At<ParticipantInPath>>,
) -> Result<HttpResponse, Problem> {
    let At { place, content } = content;
    let ChangeRoleRequest { role } = ChangeRoleRequest::parse(content)?;
    let ParticipantInPath { room, user } = place;
    let change_role = Arc::clone(&api.change_role);
    let write = async move { change_role.execute(caller.user_id, room, user, role).await };
    let member = patience.wait(to_the_end(&api.runtime, write)).await?;
    Ok(HttpResponse::Ok().json(ParticipantDto::from(&member)))
}

/// Leave a group, or remove somebody from it.
///
/// Everyone may leave, the owner may remove anyone and an admin members. When the owner leaves, the admin who has been
/// there longest follows, or else the member who has; the room that the last one leaves is gone. Everyone is told, the
/// one who is out too.
#[utoipa::path(
    delete, path = "/rooms/{id}/participants/{user_id}", operation_id = "removeParticipant", tag = "rooms",
    params(
        ("id" = String, Path, format = "uuid", description = "The room"),
        ("user_id" = String, Path, format = "uuid", description = "The participant; the caller to leave")),
    responses(
        (status = 204, description = "They are out"),
        Unauthenticated, Forbidden, NoRoomOrParticipant, NotAsItIs, Failed,
    ),
    security(("session_token" = []), ("session_cookie" = []))
)]
pub(crate) async fn remove(
    api: web::Data<Api>,
    Authenticated { caller, mut patience, content }: Authenticated<ParticipantInPath>,
) -> Result<HttpResponse, Problem> {
    let remove = Arc::clone(&api.remove_participant);
    let ParticipantInPath { room, user } = content;
    let removing = async move { remove.execute(caller.user_id, room, user).await };
    patience.wait(to_the_end(&api.runtime, removing)).await?;
    Ok(HttpResponse::NoContent().finish())
}
