//! The schemas of the bodies about people and consent.

use std::borrow::Cow;

use parlour_domain::ContactPolicy;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::create_room_schema::short_line;
use super::{RenameUserRequest, SearchUsersRequest, SetPolicyRequest};

/// Two characters, at least, that are no white space, and between them whatever there is.
const QUERY_PATTERN: &str = concat!(
    r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
    r"[\s\S]*",
    r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
);

impl ToSchema for SearchUsersRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SearchUsers")
    }
}

impl PartialSchema for SearchUsersRequest {
    fn schema() -> RefOr<Schema> {
        let query = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(2))
            .max_length(Some(50))
            .pattern(Some(QUERY_PATTERN))
            .description(Some(
                "2 to 50 characters, without the white space around them, that are not accents alone; none is a wildcard.",
            ));
        let limit = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
            .minimum(Some(1))
            .maximum(Some(50))
            .default(Some(Value::from(10)));
        ObjectBuilder::new()
            .description(Some("Who is searched for."))
            .property("query", query)
            .required("query")
            .property("limit", limit)
            .into()
    }
}

impl ToSchema for RenameUserRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RenameUser")
    }
}

impl PartialSchema for RenameUserRequest {
    fn schema() -> RefOr<Schema> {
        let name = short_line(Type::String);
        ObjectBuilder::new()
            .description(Some("A change of the caller (a JSON merge patch, RFC 7396): what is absent stays as it is."))
            .property("display_name", name)
            .into()
    }
}

impl ToSchema for SetPolicyRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SetContactPolicy")
    }
}

impl PartialSchema for SetPolicyRequest {
    fn schema() -> RefOr<Schema> {
        let policies = ContactPolicy::ALL.into_iter().map(|policy| Value::from(policy.as_str()));
        let policy = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(policies));
        ObjectBuilder::new()
            .description(Some("Who may open rooms with the caller."))
            .property("rooms_from", policy)
            .required("rooms_from")
            .into()
    }
}
