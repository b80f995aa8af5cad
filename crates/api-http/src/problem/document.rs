//! The document on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::Ports;

/// The media type of a problem document (RFC 9457, section 6.1).
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument<'a> {
    /// Which problem it is; clients decide on this.
    #[serde(rename = "type")]
    #[schema(example = "/problems/malformed-request")]
    pub(crate) kind: &'a str,
    /// The problem in a few words, the same for every occurrence.
    #[schema(example = "Malformed request")]
    pub(crate) title: &'a str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub(crate) status: u16,
    /// This occurrence, for a person to read.
    #[schema(example = "participant_id must be a hyphenated UUID")]
    pub(crate) detail: &'a str,
    /// The id of the request, equal to `X-Request-Id`.
    #[schema(example = "0192f0c1-2345-7000-8000-00000000000a")]
    pub(crate) instance: &'a str,
    /// The fields that are missing or invalid.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(required = false)]
    pub(crate) errors: &'a [FieldError],
    /// Which ports are down; of `GET /ready` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) ports: Option<Ports>,
}

/// A field that is missing or invalid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Its name: a member of the body, a query parameter or a header; an item of an array as `participant_ids[3]`.
    #[schema(example = "participant_id")]
    pub(crate) field: String,
    /// What is wrong with it.
    #[schema(example = "must be a hyphenated UUID")]
    pub(crate) detail: String,
}
