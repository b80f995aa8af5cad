//! What a request is called in the log, in `X-Request-Id` and as the `instance` of a problem.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use parlour_domain::port::IdSource;

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 128;

/// The caller's id when it sent one of 1 to 128 visible ASCII characters, else a new one.
pub(super) fn request_id(headers: &HeaderMap, ids: &dyn IdSource) -> String {
    let mut sent = headers.get_all(&HEADER);
    match (sent.next().and_then(sane), sent.next()) {
        (Some(id), None) => id.to_owned(),
        _ => ids.uuid().to_string(),
    }
}

fn sane(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    ((1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}

#[cfg(test)]
mod tests {
    use parlour_domain::mocks::MockIdSource;

    use super::*;

    fn id_of(sent: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        let mut ids = MockIdSource::new();
        ids.expect_uuid().returning(|| uuid::Uuid::from_u128(7));
        request_id(&headers, &ids)
    }

    #[test]
    fn a_sane_id_is_taken_over() {
        assert_eq!(id_of(&[b"trace-1/2"]), "trace-1/2");
        assert_eq!(id_of(&[&[b'x'; 128]]), "x".repeat(128));
    }

    #[test]
    fn any_other_id_is_replaced() {
        let minted = "00000000-0000-0000-0000-000000000007";
        let cases: [&[&[u8]]; 6] = [&[], &[b""], &[b"a b"], &[&[b'x'; 129]], &["é".as_bytes()], &[b"one", b"two"]];
        for sent in cases {
            assert_eq!(id_of(sent), minted, "{sent:?}");
        }
    }
}
