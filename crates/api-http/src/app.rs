//! The whole application: what every request passes through.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::QueryPayloadError;
use actix_web::middleware::from_fn;
use actix_web::{App, Error, web};

use crate::problem::Problem;
use crate::state::Api;
use crate::{middleware, routes};

/// Builds the application of one worker: the request's id, span and problem document around CORS around
/// the refusal of foreign pages and of what comes too often around the routes.
///
/// `more` registers further routes, such as `/ws`; their errors become problem documents as well.
pub fn app(
    api: web::Data<Api>,
    more: impl FnOnce(&mut web::ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let cors = middleware::cors(&api.config.cors_origins);
    let query = web::QueryConfig::default().error_handler(|error, request| {
        let refused = match error {
            QueryPayloadError::Deserialize(refused) => refused.to_string(),
            other => other.to_string(),
        };
        Problem::of_query(&refused, request.query_string()).into()
    });
    App::new()
        .app_data(api)
        .app_data(query)
        .configure(routes::configure)
        .configure(more)
        .default_service(web::to(routes::not_found))
        .wrap(from_fn(middleware::admit))
        .wrap(cors)
        .wrap(from_fn(middleware::answer))
}
