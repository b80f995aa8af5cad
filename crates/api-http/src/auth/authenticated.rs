//! The extractor of a handler that only somebody with a session may reach.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use parlour_domain::usecase::AuthenticateError;
use parlour_domain::{Caller, Credential, SessionId};
use tracing::Span;
use tracing::field::display;

use super::cookie::{RenewedCookie, session_cookie};
use super::token::{Presented, presented};
use crate::patience::Patience;
use crate::problem::Problem;
use crate::state::Api;

/// Somebody whose session was checked **before** `content` was read from the request: a stranger gets 401, whatever
/// they sent, and whoever comes too often gets 429.
pub(crate) struct Authenticated<T = ()> {
    pub(crate) caller: Caller,
    /// What the look-up of the session has left of the request's patience.
    pub(crate) patience: Patience,
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
            let (caller, patience) = authenticate(&request).await?;
            let content = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self { caller, patience, content })
        })
    }
}

async fn authenticate(request: &HttpRequest) -> Result<(Caller, Patience), Problem> {
    let shown = presented(request).ok_or_else(Problem::unauthenticated)?;
    let api = api(request)?;
    let mut patience = Patience::of(api.stores_answer_within);
    let caller = patience.wait(api.authenticate.execute(&shown.credential())).await?;
    note(&caller);
    api.limits.count_user(request, caller.user_id)?;
    // Not only when this very request has moved the end: an open socket does that too, and can set no cookie.
    if let (Presented::Cookie(token), Some(lives_for)) = (&shown, caller.slides_for) {
        RenewedCookie(session_cookie(token, lives_for, api.config.secure_cookies)).leave_on(request);
    }
    Ok((caller, patience))
}

/// The session that the request carries, if it is one: nobody needs a session to be rid of it.
///
/// # Errors
/// The problems `unavailable` and `internal`.
pub(crate) async fn session_to_end(
    request: &HttpRequest,
    patience: &mut Patience,
) -> Result<Option<SessionId>, Problem> {
    // What somebody else has signed only they can take back.
    let Some(shown) = presented(request).filter(|shown| matches!(shown.credential(), Credential::Session(_))) else {
        return Ok(None);
    };
    let authenticate = &api(request)?.authenticate;
    let looking_up = async {
        match authenticate.execute(&shown.credential()).await {
            Ok(caller) => {
                note(&caller);
                Ok(caller.session_id)
            }
            Err(AuthenticateError::NoSession) => Ok(None),
            Err(failed) => Err(failed),
        }
    };
    patience.wait(looking_up).await
}

/// Tells the log whose request this is. What names a session is no secret; its token is.
fn note(caller: &Caller) {
    let span = Span::current();
    span.record("user_id", display(caller.user_id));
    if let Some(session) = caller.session_id {
        span.record("session_id", display(session));
    }
}

fn api(request: &HttpRequest) -> Result<&web::Data<Api>, Problem> {
    request.app_data().ok_or_else(|| Problem::internal("the app has no api"))
}
