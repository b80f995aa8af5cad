//! The bodies of the requests that change a group.

use parlour_domain::{Role, RoomName, UserId};
use serde_json::Value;

use super::create_room::{room_name, user_id};
use crate::extract::{FieldErrors, Given, JsonObject};
use crate::problem::Problem;

/// The body of `PATCH /rooms/{id}`: a JSON merge patch (RFC 7396), so that null takes the name away.
pub(crate) enum RenameRoomRequest {
    /// Nothing is said of the name.
    Keep,
    /// The name, or none.
    Rename(Option<RoomName>),
}

impl RenameRoomRequest {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// The problem `malformed-request` with every invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.read("name", object.take_or_null("name"), |value| match value {
            Value::Null => Ok(None),
            given => room_name(&given).map(Some),
        });
        errors.into_result()?;
        Ok(match name {
            Given::Valid(name) => Self::Rename(name),
            Given::Absent | Given::Wrong => Self::Keep,
        })
    }
}

/// The body of `POST /rooms/{id}/participants`.
pub(crate) struct AddParticipantRequest {
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
}

impl AddParticipantRequest {
    /// Reads what is asked for. A newcomer is a member unless something else is said, and never an owner.
    ///
    /// # Errors
    /// The problem `malformed-request` with every missing or invalid field.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let user = errors.read("user_id", object.take("user_id"), |value| user_id(&value));
        let role = errors.read("role", object.take("role"), |value| match role(&value) {
            Ok(Role::Owner) | Err(_) if value.is_string() => Err("must be one of admin, member".to_owned()),
            read => read,
        });
        let user = errors.require("user_id", user);
        let role = role.valid().copied().unwrap_or(Role::Member);
        errors.into_value(user.map(|user_id| Self { user_id, role }))
    }
}

/// The body of `PATCH /rooms/{id}/participants/{user_id}`.
pub(crate) struct ChangeRoleRequest {
    pub(crate) role: Role,
}

impl ChangeRoleRequest {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// The problem `malformed-request` when the role is missing or invalid.
    pub(crate) fn parse(mut object: JsonObject) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let role = errors.read("role", object.take("role"), |value| role(&value));
        let role = errors.require("role", role);
        errors.into_value(role.map(|role| Self { role }))
    }
}

fn role(value: &Value) -> Result<Role, String> {
    let text = value.as_str().ok_or("must be a string")?;
    text.parse().map_err(|fault: parlour_domain::InvalidRole| fault.to_string())
}
