//! The schemas of the bodies that change a group.

use std::borrow::Cow;

use parlour_domain::Role;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::create_room_schema::{name, user_id};
use super::{AddParticipantRequest, ChangeRoleRequest, RenameRoomRequest};

impl ToSchema for RenameRoomRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RenameRoom")
    }
}

impl PartialSchema for RenameRoomRequest {
    fn schema() -> RefOr<Schema> {
        let description = "A change of a group (a JSON merge patch, RFC 7396): what is absent stays as it is, and null \
                           takes the name away.";
        ObjectBuilder::new().description(Some(description)).property("name", name()).into()
    }
}

impl ToSchema for AddParticipantRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AddParticipant")
    }
}

impl PartialSchema for AddParticipantRequest {
    fn schema() -> RefOr<Schema> {
        let nullable = SchemaType::from_iter([Type::String, Type::Null]);
        let roles = values([Role::Admin, Role::Member]).chain([Value::Null]);
        let role = ObjectBuilder::new().schema_type(nullable).enum_values(Some(roles));
        ObjectBuilder::new()
            .description(Some("Who comes into a group, and as what."))
            .property("user_id", user_id(Type::String).description(Some("The newcomer.")))
            .required("user_id")
            .property("role", role.default(Some(Role::Member.as_str().into())))
            .into()
    }
}

impl ToSchema for ChangeRoleRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ChangeRole")
    }
}

impl PartialSchema for ChangeRoleRequest {
    fn schema() -> RefOr<Schema> {
        let roles = values([Role::Owner, Role::Admin, Role::Member]);
        let role = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(roles));
        ObjectBuilder::new()
            .description(Some("What a participant shall be. Whoever is made the owner takes the group over."))
            .property("role", role)
            .required("role")
            .into()
    }
}

fn values<const N: usize>(roles: [Role; N]) -> impl Iterator<Item = Value> {
    roles.into_iter().map(|role| role.as_str().into())
}
