//! Which handler answers which path and method.

use actix_web::http::Method;
use actix_web::{HttpResponse, Resource, Route, web};

use crate::handler::{docs, health, inbox, rooms, session};
use crate::problem::Problem;

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let read = || [web::get(), web::head()];
    config
        .service(resource("/rooms", "GET, HEAD, POST, OPTIONS", {
            let [get, head] = read();
            vec![get.to(rooms::list), head.to(rooms::list), web::post().to(rooms::create)]
        }))
        .service(resource("/rooms/{id}", "GET, HEAD, DELETE, OPTIONS", {
            let [get, head] = read();
            vec![get.to(rooms::get), head.to(rooms::get), web::delete().to(rooms::delete)]
        }))
        .service(resource("/inbox", READ, read().map(|route| route.to(inbox::read)).into()))
        .service(resource("/auth/me", READ, read().map(|route| route.to(session::me)).into()))
        .service(resource("/auth/logout", "POST, OPTIONS", vec![web::post().to(session::logout)]))
        .service(resource("/health", READ, read().map(|route| route.to(health::live)).into()))
        .service(resource("/ready", READ, read().map(|route| route.to(health::ready)).into()))
        .service(resource("/openapi.json", READ, read().map(|route| route.to(docs::openapi)).into()))
        .service(resource("/docs", READ, read().map(|route| route.to(docs::entrance)).into()))
        .service(resource("/docs/{file:.*}", READ, read().map(|route| route.to(docs::file)).into()));
}

const READ: &str = "GET, HEAD, OPTIONS";

/// A resource with these routes; it answers OPTIONS with the methods that it has, and 405 to any other.
fn resource(path: &str, allow: &'static str, routes: Vec<Route>) -> Resource {
    let options = move || async move { HttpResponse::NoContent().insert_header(("Allow", allow)).finish() };
    let refuse = move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allow)) };
    routes
        .into_iter()
        .fold(web::resource(path), Resource::route)
        .route(web::method(Method::OPTIONS).to(options))
        .default_service(web::to(refuse))
}

pub(crate) async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}
