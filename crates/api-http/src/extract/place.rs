//! What a request says about the place that its path names.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::JsonObject;
use crate::problem::Problem;

/// A place and what is asked for there. The path is read first: what is said about a place that cannot be is not read.
pub(crate) struct At<P, C = JsonObject> {
    pub(crate) place: P,
    pub(crate) content: C,
}

impl<P, C> FromRequest for At<P, C>
where
    P: FromRequest<Error = Problem> + 'static,
    C: FromRequest<Error = Problem> + 'static,
{
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let place = P::from_request(&request, &mut Payload::None).await?;
            let content = C::from_request(&request, &mut payload).await?;
            Ok(Self { place, content })
        })
    }
}
