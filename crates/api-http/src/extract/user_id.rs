//! The id of a user, in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use parlour_domain::UserId;

use crate::problem::Problem;

/// The user that the path names. A name that nothing can have gets the same kind of answer as one that nothing has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UserInPath(pub(crate) UserId);

impl FromRequest for UserInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let segment = web::Path::<String>::from_request(request, payload).into_inner().ok();
        let user = segment.and_then(|segment| segment.parse().ok());
        ready(user.map(Self).ok_or_else(|| Problem::user_not_found("User not found: no user has such an id")))
    }
}
