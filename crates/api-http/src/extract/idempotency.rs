//! The header `Idempotency-Key` (the IETF draft draft-ietf-httpapi-idempotency-key-header).

use actix_web::http::header::{HeaderMap, HeaderName};
use parlour_domain::{IdempotencyKey, InvalidIdempotencyKey};

use super::FieldErrors;
use crate::problem::Problem;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

const NAME: &str = "Idempotency-Key";

/// The key, if the request has one.
///
/// # Errors
/// The problem `malformed-request` when it is no key or there is more than one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut errors = FieldErrors::default();
    let mut lines = headers.get_all(HEADER);
    let key = errors.read(NAME, lines.next(), |line| {
        line.to_str().map_err(|_| InvalidIdempotencyKey).and_then(IdempotencyKey::parse)
    });
    if lines.next().is_some() {
        errors.push(NAME, "must not be given twice");
    }
    errors.into_result()?;
    Ok(key.valid().cloned())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(lines: &[&[u8]]) -> Result<Option<IdempotencyKey>, Problem> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_bytes(line).unwrap());
        }
        idempotency_key(&headers)
    }

    #[test]
    fn one_key_or_none_is_read() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&[b"k-1"]).unwrap(), Some(IdempotencyKey::parse("k-1").unwrap()));
    }

    #[test]
    fn bad_keys_and_several_keys_are_refused_by_name() {
        for lines in [&[&b""[..]][..], &[b"a b"], &["é".as_bytes()], &[&[b'k'; 256]], &[b"k", b"k"]] {
            let document: serde_json::Value = serde_json::from_slice(&read(lines).unwrap_err().document("")).unwrap();
            assert_eq!(document["errors"][0]["field"], "Idempotency-Key", "{lines:?}");
            assert_eq!(document["status"], 400);
        }
    }
}
