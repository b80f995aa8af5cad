//! The desk over HTTP, on the operator socket alone.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::body::RefusalBody;
use super::{Desk, LocalDesk, NewUser, Refusal, SessionRequest};

/// Registers the routes.
pub(crate) fn configure(routes: &mut web::ServiceConfig, desk: Arc<LocalDesk>) {
    routes
        .app_data(web::Data::from(desk))
        .route("/users", web::post().to(add_user))
        .route("/users", web::get().to(users))
        .route("/users", web::delete().to(deactivate_user))
        .route("/sessions", web::post().to(issue_session))
        .route("/sessions", web::get().to(sessions))
        .route("/sessions", web::delete().to(revoke_session));
}

#[derive(Deserialize)]
struct OfUser {
    username: String,
}

#[derive(Deserialize)]
struct OneSession {
    id: String,
}

type TheDesk = web::Data<LocalDesk>;

async fn add_user(desk: TheDesk, user: web::Json<NewUser>) -> HttpResponse {
    answer(StatusCode::CREATED, desk.add_user(user.into_inner()).await)
}

async fn deactivate_user(desk: TheDesk, of: web::Query<OfUser>) -> HttpResponse {
    answer(StatusCode::OK, desk.deactivate_user(&of.username).await)
}

async fn users(desk: TheDesk) -> HttpResponse {
    answer(StatusCode::OK, desk.users().await)
}

async fn sessions(desk: TheDesk, of: web::Query<OfUser>) -> HttpResponse {
    answer(StatusCode::OK, desk.sessions(&of.username).await)
}

async fn issue_session(desk: TheDesk, request: web::Json<SessionRequest>) -> HttpResponse {
    answer(StatusCode::CREATED, desk.issue_session(request.into_inner()).await)
}

async fn revoke_session(desk: TheDesk, one: web::Query<OneSession>) -> HttpResponse {
    answer(StatusCode::OK, desk.revoke_session(&one.id).await)
}

fn answer<T: Serialize>(success: StatusCode, outcome: Result<T, Refusal>) -> HttpResponse {
    match outcome {
        Ok(body) => HttpResponse::build(success).json(body),
        Err(refusal) => HttpResponse::build(status(&refusal)).json(RefusalBody { detail: refusal.to_string() }),
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid(_) => StatusCode::BAD_REQUEST,
        Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::Conflict(_) => StatusCode::CONFLICT,
        Refusal::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
