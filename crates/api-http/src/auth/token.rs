//! Where a request carries the token of its session.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use parlour_domain::SessionToken;

use super::same_origin::is_from_own_page;
use crate::state::Api;

/// The cookie that carries a session's token.
pub const SESSION_COOKIE: &str = "chat_session";

/// A token with the way it came: a browser adds a cookie by itself, also for a foreign page.
pub(super) enum Presented {
    Bearer(SessionToken),
    Cookie(SessionToken),
}

/// What the request carries; `Authorization: Bearer` (RFC 6750, section 2.1) counts before the cookie, even when its
/// token is bad.
pub(super) fn presented(request: &HttpRequest) -> Option<Presented> {
    if let Some(bearer) = bearer(request) {
        return bearer.parse().ok().map(Presented::Bearer);
    }
    request.cookie(SESSION_COOKIE)?.value().parse().ok().map(Presented::Cookie)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

/// The session's token that a request carries: `Authorization: Bearer` or the cookie [`SESSION_COOKIE`].
#[must_use]
pub fn session_token(request: &HttpRequest) -> Option<SessionToken> {
    match presented(request)? {
        Presented::Bearer(token) | Presented::Cookie(token) => Some(token),
    }
}

/// [`session_token`] for the opening of a WebSocket: a cookie counts only when the page is our own or of a configured
/// origin, since browsers open sockets for any page and CORS does not stop them (RFC 6455, section 10.2).
#[must_use]
pub fn session_token_for_socket(request: &HttpRequest) -> Option<SessionToken> {
    match presented(request)? {
        Presented::Bearer(token) => Some(token),
        Presented::Cookie(token) => {
            let origins = request.app_data::<web::Data<Api>>().map(|api| api.config.cors_origins.as_slice());
            is_from_own_page(request.headers(), origins.unwrap_or_default()).then_some(token)
        }
    }
}

/// The cookie that makes a browser forget [`SESSION_COOKIE`].
pub(crate) fn removal(is_secure: bool) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, "")
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure)
        .max_age(Duration::ZERO)
        .finish()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn token(digit: &str) -> (String, SessionToken) {
        let text = digit.repeat(64);
        (text.clone(), text.parse().unwrap())
    }

    #[test]
    fn a_token_is_read_from_the_header_or_the_cookie() {
        let (text, token) = token("a");
        for header in [
            ("Authorization", format!("Bearer {text}")),
            ("Authorization", format!("bearer  {text}")),
            ("Cookie", format!("x=y; chat_session={text}")),
        ] {
            let request = TestRequest::default().insert_header(header.clone()).to_http_request();
            assert_eq!(session_token(&request), Some(token.clone()), "{header:?}");
        }
    }

    #[test]
    fn a_bad_bearer_is_not_made_good_by_a_cookie() {
        let (text, token) = token("b");
        let with_cookie = || TestRequest::default().insert_header(("Cookie", format!("chat_session={text}")));
        let request = with_cookie().insert_header(("Authorization", "Bearer nonsense")).to_http_request();
        assert_eq!(session_token(&request), None);
        let request = with_cookie().insert_header(("Authorization", "Basic eDp5")).to_http_request();
        assert_eq!(session_token(&request), Some(token));
    }

    #[test]
    fn a_foreign_page_opens_no_socket_with_the_cookie() {
        let (text, token) = token("c");
        let from = |origin: &str, header: (&'static str, String)| {
            let request = TestRequest::default().insert_header(("Host", "chat.example")).insert_header(header);
            session_token_for_socket(&request.insert_header(("Origin", origin)).to_http_request())
        };
        let cookie = ("Cookie", format!("chat_session={text}"));
        assert_eq!(from("https://evil.example", cookie.clone()), None);
        assert_eq!(from("https://chat.example", cookie), Some(token.clone()));
        assert_eq!(from("https://evil.example", ("Authorization", format!("Bearer {text}"))), Some(token));
    }
}
