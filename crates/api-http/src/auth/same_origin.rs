//! Whether a page of ours made the browser send a request (the OWASP defence "verifying origin with standard headers").

use actix_web::http::header::{self, HeaderMap, HeaderName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the request comes from a page of this very host, of one of `origins`, or from no page at all.
///
/// Clients that are no browsers send neither `Origin` nor `Sec-Fetch-Site`; nobody can make them send a cookie.
pub(super) fn is_from_own_page(headers: &HeaderMap, origins: &[String]) -> bool {
    let is_own_site =
        headers.get(SEC_FETCH_SITE).is_none_or(|site| site.as_bytes() == b"same-origin" || site.as_bytes() == b"none");
    let Some(origin) = headers.get(header::ORIGIN) else { return is_own_site };
    let Ok(origin) = origin.to_str() else { return false };
    origins.iter().any(|allowed| allowed == origin) || (is_own_site && is_host(origin, headers))
}

/// Compares without the scheme, which a proxy may have changed, so the scheme's own port counts as none.
fn is_host(origin: &str, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |text: &str| text.strip_suffix(default_port).unwrap_or(text).to_ascii_lowercase();
    bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn is_own(sent: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("chat.example"));
        for (name, value) in sent {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_from_own_page(&headers, &["http://localhost:3000".to_owned()])
    }

    #[test]
    fn our_own_page_configured_ones_and_no_page_are_let_in() {
        for sent in [
            &[][..],
            &[("origin", "https://chat.example")],
            &[("origin", "https://chat.example:443"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(is_own(sent), "{sent:?}");
        }
    }

    #[test]
    fn foreign_pages_are_kept_out() {
        for sent in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "https://chat.example:8443")],
            &[("origin", "https://chat.example"), ("sec-fetch-site", "same-site")],
            &[("origin", "https://chat.example.evil.example")],
            &[("origin", "http://localhost:3000/")],
            &[("origin", "http://localhost:300")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert!(!is_own(sent), "{sent:?}");
        }
    }
}
