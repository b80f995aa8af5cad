//! A JSON object as the body of a request.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::FieldErrors;
use crate::problem::Problem;

/// The most bytes that a body may have: 64 KiB.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// How long a body may take to arrive, so that half-dead clients do not pile up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The members of a JSON object (RFC 8259, section 4), each given once; whoever reads it takes those that they know.
#[derive(Debug)]
pub(crate) struct JsonObject(BTreeMap<String, Value>);

impl JsonObject {
    /// The member of that name; `null` counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.take_or_null(name).filter(|value| !value.is_null())
    }

    /// The member of that name, for a patch, in which `null` takes something away.
    pub(crate) fn take_or_null(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Reads the bytes of a body.
    ///
    /// # Errors
    /// The problem `malformed-request` for anything but one object whose members have different names.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let members: Members = serde_json::from_slice(body).map_err(|error| match error.classify() {
            Category::Data => Problem::malformed("The body must be a JSON object"),
            Category::Io | Category::Syntax | Category::Eof => {
                let (line, column) = (error.line(), error.column());
                Problem::malformed(format!("The body must be valid JSON; it is not at line {line}, column {column}"))
            }
        })?;
        members.repeated.into_result()?;
        Ok(Self(members.by_name))
    }
}

impl FromRequest for JsonObject {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(request.headers());
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            Self::parse(&read_body_within(PATIENCE, payload).await?)
        })
    }
}

fn check_headers(headers: &HeaderMap) -> Result<(), Problem> {
    if !is_json(headers) {
        return Err(Problem::unsupported_media_type("The body must be application/json in UTF-8"));
    }
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Problem::unsupported_media_type("The body must not be compressed"));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        return Err(Problem::payload_too_large(BODY_LIMIT));
    }
    Ok(())
}

/// `application/json`, given once, with no `charset` but the one that JSON has.
fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::CONTENT_TYPE);
    let (Some(Ok(line)), None) = (lines.next().map(|line| line.to_str()), lines.next()) else { return false };
    let mut parts = line.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json && parts.filter_map(|parameter| parameter.split_once('=')).all(is_utf8_unless_other_parameter)
}

fn is_utf8_unless_other_parameter((name, value): (&str, &str)) -> bool {
    !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
}

async fn read_body_within(patience: Duration, payload: Payload) -> Result<Vec<u8>, Problem> {
    let body = tokio::time::timeout(patience, read_body(payload)).await;
    body.unwrap_or_else(|_| Err(Problem::malformed("The body did not arrive in time")))
}

async fn read_body(mut payload: Payload) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Problem::payload_too_large(BODY_LIMIT));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The members with what `serde_json` would pass over in silence: names that are there twice.
#[derive(Default)]
struct Members {
    by_name: BTreeMap<String, Value>,
    repeated: FieldErrors,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.by_name.insert(name.clone(), value).is_some() {
                members.repeated.push(name, "must not be given twice");
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use actix_web::error::PayloadError;
    use actix_web::http::header::HeaderValue;
    use actix_web::web::Bytes;
    use futures_util::{Stream, stream};

    use super::*;

    #[test]
    fn a_member_that_is_null_is_absent() {
        let mut object = JsonObject::parse(br#"{"a": 1, "b": null}"#).unwrap();
        assert_eq!(object.take("a"), Some(Value::from(1)));
        assert_eq!(object.take("b"), None);
        assert_eq!(object.take("c"), None);
        let mut patch = JsonObject::parse(br#"{"b": null}"#).unwrap();
        assert_eq!((patch.take_or_null("b"), patch.take_or_null("c")), (Some(Value::Null), None));
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let never: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(stream::pending());
        let never = Payload::Stream { payload: never };
        assert!(read_body_within(Duration::ZERO, never).await.is_err());
    }

    #[test]
    fn hostile_bodies_are_refused() {
        let deep = "[".repeat(60_000);
        let deep_member = format!(r#"{{"a":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        let bodies: [&[u8]; 15] = [
            b"",
            b" ",
            b"null",
            b"[]",
            b"\"text\"",
            b"{",
            b"{} {}",
            br#"{"a":NaN}"#,
            br#"{"a":1,"a":1}"#,
            br#"{"a":"\ud800"}"#,
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\x01\"}",
            b"\xef\xbb\xbf{}",
            deep.as_bytes(),
            deep_member.as_bytes(),
        ];
        for body in bodies {
            let document = JsonObject::parse(body).unwrap_err().document("");
            let document: Value = serde_json::from_slice(&document).unwrap();
            assert_eq!(document["type"], "/problems/malformed-request", "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        let is_read = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::CONTENT_TYPE, HeaderValue::from_static(line));
            }
            is_json(&headers)
        };
        for line in ["application/json", "Application/JSON; charset=\"UTF-8\"", "application/json;v=1"] {
            assert!(is_read(&[line]), "{line}");
        }
        for line in
            ["", "text/plain", "application/jsonx", "application/json; charset=latin1", "text/plain;application/json"]
        {
            assert!(!is_read(&[line]), "{line}");
        }
        assert!(!is_read(&[]));
        assert!(!is_read(&["application/json", "text/plain"]));
    }
}
