//! The extractor of a handler that only somebody with a session may reach.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use parlour_domain::usecase::AuthenticateError;
use parlour_domain::{Caller, SessionId, SessionToken};

use super::same_origin::is_from_own_page;
use super::token::{Presented, presented};
use crate::problem::Problem;
use crate::state::Api;

/// Somebody whose session was checked **before** `content` was read from the request: a stranger gets 401, whatever
/// they sent.
pub(crate) struct Authenticated<T = ()> {
    pub(crate) caller: Caller,
    pub(crate) content: T,
}

impl<T> FromRequest for Authenticated<T>
where
    T: FromRequest + 'static,
    T::Error: Into<Problem>,
{
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let caller = authenticate(&request).await?;
            let content = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self { caller, content })
        })
    }
}

async fn authenticate(request: &HttpRequest) -> Result<Caller, Problem> {
    let token = trusted_token(request)?.ok_or_else(Problem::unauthenticated)?;
    Ok(api(request)?.authenticate.execute(&token).await?)
}

/// The session that the request carries, if it is one: nobody needs a session to be rid of it.
///
/// # Errors
/// The problems `forbidden`, `unavailable` and `internal`.
pub(crate) async fn session_to_end(request: &HttpRequest) -> Result<Option<SessionId>, Problem> {
    let Some(token) = trusted_token(request)? else { return Ok(None) };
    match api(request)?.authenticate.execute(&token).await {
        Ok(caller) => Ok(Some(caller.session_id)),
        Err(AuthenticateError::NoSession) => Ok(None),
        Err(failed @ AuthenticateError::Read(_)) => Err(failed.into()),
    }
}

/// The token that the request carries. A cookie does not count for a request that changes something on behalf of a
/// foreign page: the browser added it by itself.
fn trusted_token(request: &HttpRequest) -> Result<Option<SessionToken>, Problem> {
    match presented(request) {
        None => Ok(None),
        Some(Presented::Bearer(token)) => Ok(Some(token)),
        Some(Presented::Cookie(token)) => {
            let origins = &api(request)?.config.cors_origins;
            if request.method().is_safe() || is_from_own_page(request.headers(), origins) {
                return Ok(Some(token));
            }
            Err(Problem::forbidden("A page of another origin may not do this"))
        }
    }
}

fn api(request: &HttpRequest) -> Result<&web::Data<Api>, Problem> {
    request.app_data().ok_or_else(|| Problem::internal("the app has no api"))
}
