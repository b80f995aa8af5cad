//! Where a request carries what its caller shows.

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use parlour_domain::{Credential, SessionToken};

use super::cookie::SESSION_COOKIE;
use super::same_origin::is_from_own_page;
use crate::state::Api;

/// What a caller shows, with the way it came: a browser adds a cookie by itself, also for a foreign page.
pub(super) enum Presented {
    Bearer(Credential),
    Cookie(SessionToken),
}

impl Presented {
    pub(super) fn credential(&self) -> Credential {
        match self {
            Self::Bearer(credential) => credential.clone(),
            Self::Cookie(token) => token.clone().into(),
        }
    }
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

/// Whether a page that is neither our own nor of one of `origins` made a browser send the request. One with
/// `Authorization: Bearer` is never: no foreign page can set that.
pub(crate) fn is_sent_by_foreign_page(request: &HttpRequest, origins: &[String]) -> bool {
    bearer(request).is_none() && !is_from_own_page(request.headers(), origins)
}

/// What a request carries: a session's token or a signed one as `Authorization: Bearer`, or a session's token in the
/// cookie [`SESSION_COOKIE`].
#[must_use]
pub fn credential_in(request: &HttpRequest) -> Option<Credential> {
    presented(request).map(|shown| shown.credential())
}

/// [`credential_in`] for the opening of a WebSocket: a cookie counts only when the page is our own or of a configured
/// origin, since browsers open sockets for any page and CORS does not stop them (RFC 6455, section 10.2).
#[must_use]
pub fn credential_for_socket(request: &HttpRequest) -> Option<Credential> {
    match presented(request)? {
        Presented::Bearer(credential) => Some(credential),
        Presented::Cookie(token) => {
            let origins = request.app_data::<web::Data<Api>>().map(|api| api.config.cors_origins.as_slice());
            is_from_own_page(request.headers(), origins.unwrap_or_default()).then(|| token.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn token(digit: &str) -> (String, Credential) {
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
            assert_eq!(credential_in(&request), Some(token.clone()), "{header:?}");
        }
    }

    #[test]
    fn a_bad_bearer_is_not_made_good_by_a_cookie() {
        let (text, token) = token("b");
        let with_cookie = || TestRequest::default().insert_header(("Cookie", format!("chat_session={text}")));
        let request = with_cookie().insert_header(("Authorization", "Bearer nonsense")).to_http_request();
        assert_eq!(credential_in(&request), None);
        let request = with_cookie().insert_header(("Authorization", "Basic eDp5")).to_http_request();
        assert_eq!(credential_in(&request), Some(token));
    }

    #[test]
    fn a_signed_token_is_read_from_the_header_alone() {
        let signed = "eyJh.eyJz.c2ln";
        let request = TestRequest::default().insert_header(("Authorization", format!("Bearer {signed}")));
        assert!(matches!(credential_in(&request.to_http_request()), Some(Credential::Signed(_))));
        let request = TestRequest::default().insert_header(("Cookie", format!("chat_session={signed}")));
        assert_eq!(credential_in(&request.to_http_request()), None);
    }

    #[test]
    fn a_foreign_page_opens_no_socket_with_the_cookie() {
        let (text, token) = token("c");
        let from = |origin: &str, header: (&'static str, String)| {
            let request = TestRequest::default().insert_header(("Host", "chat.example")).insert_header(header);
            credential_for_socket(&request.insert_header(("Origin", origin)).to_http_request())
        };
        let cookie = ("Cookie", format!("chat_session={text}"));
        assert_eq!(from("https://evil.example", cookie.clone()), None);
        assert_eq!(from("https://chat.example", cookie), Some(token.clone()));
        assert_eq!(from("https://evil.example", ("Authorization", format!("Bearer {text}"))), Some(token));
    }
}
