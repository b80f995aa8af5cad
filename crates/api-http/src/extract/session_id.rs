//! The id of a session in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use parlour_domain::SessionId;

use crate::problem::Problem;

/// The session that the path names. A name that no session can have gets the same answer as one that no session has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionIdInPath(pub(crate) SessionId);

impl FromRequest for SessionIdInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let segment = web::Path::<String>::from_request(request, payload).into_inner();
        let id = segment.ok().and_then(|segment| segment.parse().ok());
        ready(id.map(Self).ok_or_else(Problem::session_not_found))
    }
}
