//! The cookie of a session.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::ServiceResponse;
use actix_web::{HttpMessage, HttpRequest};
use parlour_domain::SessionToken;

/// The cookie that carries a session's token.
pub const SESSION_COOKIE: &str = "chat_session";

/// The cookie of a session that lives for `lives_for` from now on.
pub(crate) fn session_cookie(token: &SessionToken, lives_for: Duration, is_secure: bool) -> Cookie<'static> {
    let whole_seconds = i64::try_from(lives_for.as_secs()).unwrap_or(i64::MAX);
    with(token.reveal(), time::Duration::seconds(whole_seconds), is_secure)
}

/// The cookie that makes a browser forget [`SESSION_COOKIE`].
pub(crate) fn removal(is_secure: bool) -> Cookie<'static> {
    with(String::new(), time::Duration::ZERO, is_secure)
}

fn with(value: String, max_age: time::Duration, is_secure: bool) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure)
        .max_age(max_age)
        .finish()
}

/// The cookie of a session whose end was moved while its request was answered; it is left on the request until the
/// answer goes out.
pub(crate) struct RenewedCookie(pub(super) Cookie<'static>);

impl RenewedCookie {
    pub(super) fn leave_on(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// Puts it on the answer, unless that has a word of its own about the cookie.
    pub(crate) fn add_to<B>(response: &mut ServiceResponse<B>) {
        let Some(Self(cookie)) = response.request().extensions_mut().remove() else { return };
        if response.response().cookies().all(|other| other.name() != SESSION_COOKIE) {
            // A cookie of ours is always printable.
            let _ = response.response_mut().add_cookie(&cookie);
        }
    }
}
