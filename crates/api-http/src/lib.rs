//! The HTTP API: routes, DTOs, one problem mapper and the OpenAPI document.
//!
//! Reading order: [`app()`] shows what a request passes through, `routes` which handler it reaches, `handler` what that
//! one asks of the domain, `problem` what becomes of every refusal. Handlers know use cases and no store.

mod app;
mod auth;
mod dto;
mod extract;
mod handler;
mod limits;
mod middleware;
mod openapi;
mod patience;
mod problem;
mod routes;
mod state;
mod telling;

pub use app::app;
pub use auth::{SESSION_COOKIE, credential_for_socket, credential_in};
pub use limits::{InvalidRates, LimitKey, LimitedRoute, Proxies, ProxyHeader, Rate, RateLimits, Rates, limited_routes};
pub use openapi::openapi;
pub use routes::route_table;
pub use state::{Api, ApiConfig, Drain};
pub use telling::NameTellings;
