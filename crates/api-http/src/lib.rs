//! The HTTP API: routes, DTOs, one problem mapper and the OpenAPI document.
//!
//! Reading order: [`app()`] shows what a request passes through, `routes` which handler it reaches, `handler` what that
//! one asks of the domain, `problem` what becomes of every refusal. Handlers know use cases and no store.

mod app;
mod auth;
mod dto;
mod extract;
mod handler;
mod middleware;
mod openapi;
mod problem;
mod routes;
mod state;

pub use app::app;
pub use auth::{SESSION_COOKIE, session_token, session_token_for_socket};
pub use openapi::openapi;
pub use state::{Api, ApiConfig, Drain};
