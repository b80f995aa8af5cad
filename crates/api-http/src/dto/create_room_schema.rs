//! The schema of the body of `POST /rooms`: which members belong together cannot be derived from a struct.

use std::borrow::Cow;

use parlour_domain::Invitees;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use super::create_room::LONGEST_NAME;
use super::{CreateRoomRequest, RoomTypeDto};

/// White space and visible characters around and between which only control characters are not allowed.
const NAME_PATTERN: &str = concat!(
    r"^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*",
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
    r"([^\u0000-\u001f\u007f-\u009f\u2028\u2029]*",
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])?",
    r"[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$"
);
const UUID_PATTERN: &str = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";
const SHORTEST_TTL: u32 = 60;
const LONGEST_TTL: u32 = 2_592_000;

impl ToSchema for CreateRoomRequest {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("CreateRoom")
    }
}

impl PartialSchema for CreateRoomRequest {
    /// One object for each kind of room and each of the two ways to name its participants.
    fn schema() -> RefOr<Schema> {
        let by_id = |kind| with_participant_id(kind, members(kind));
        let by_ids = |kind| with_participant_ids(kind, members(kind));
        let shapes = RoomTypeDto::ALL.into_iter().flat_map(|kind| [by_id(kind), by_ids(kind)]);
        let one_of = shapes.fold(OneOfBuilder::new(), |one_of, shape| one_of.item(shape.build()));
        let description = "A request for a room: its kind, and its participants by exactly one of participant_id and \
                           participant_ids. Null counts as absent.";
        one_of.description(Some(description)).into()
    }
}

/// All members but the participants'.
fn members(kind: RoomTypeDto) -> ObjectBuilder {
    let object = ObjectBuilder::new().property(
        "creator_id",
        user_id(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("When given, it must be the caller.")),
    );
    let object = match kind {
        RoomTypeDto::Direct => object.property("room_type", room_type(kind, true)),
        RoomTypeDto::Group | RoomTypeDto::Ephemeral => {
            object.property("room_type", room_type(kind, false)).required("room_type")
        }
    };
    let object = match kind {
        RoomTypeDto::Direct => object.property("name", null()),
        RoomTypeDto::Group | RoomTypeDto::Ephemeral => object.property("name", name()),
    };
    match kind {
        RoomTypeDto::Direct | RoomTypeDto::Group => object.property("ttl_seconds", null()),
        RoomTypeDto::Ephemeral => object.property("ttl_seconds", ttl()),
    }
}

fn with_participant_id(kind: RoomTypeDto, members: ObjectBuilder) -> ObjectBuilder {
    members
        .title(Some(format!("{} room with one other", title(kind))))
        .property("participant_id", user_id(Type::String).description(Some("The other user.")))
        .required("participant_id")
        .property("participant_ids", null())
}

fn with_participant_ids(kind: RoomTypeDto, members: ObjectBuilder) -> ObjectBuilder {
    let most = if kind == RoomTypeDto::Direct { 1 } else { Invitees::MOST };
    let ids = ArrayBuilder::new()
        .items(user_id(Type::String))
        .min_items(Some(1))
        .max_items(Some(most))
        .unique_items(true)
        .description(Some("The other users, each once, without the caller."));
    members
        .title(Some(format!("{} room with a list", title(kind))))
        .property("participant_ids", ids)
        .required("participant_ids")
        .property("participant_id", null())
}

fn title(kind: RoomTypeDto) -> &'static str {
    match kind {
        RoomTypeDto::Direct => "Direct",
        RoomTypeDto::Group => "Group",
        RoomTypeDto::Ephemeral => "Ephemeral",
    }
}

pub(super) fn user_id(schema_type: impl Into<SchemaType>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(schema_type)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .pattern(Some(UUID_PATTERN))
}

fn room_type(kind: RoomTypeDto, is_default: bool) -> ObjectBuilder {
    let values = [json!(kind.as_str())].into_iter().chain(is_default.then_some(Value::Null));
    let object = ObjectBuilder::new().enum_values(Some(values));
    if is_default {
        object.schema_type(SchemaType::from_iter([Type::String, Type::Null])).default(Some(json!(kind.as_str())))
    } else {
        object.schema_type(Type::String)
    }
}

/// What people give a name: a room, themselves, a passkey.
pub(super) fn short_line(schema_type: impl Into<SchemaType>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(schema_type)
        .min_length(Some(1))
        .max_length(Some(LONGEST_NAME))
        .pattern(Some(NAME_PATTERN))
}

pub(super) fn name() -> ObjectBuilder {
    short_line(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The room's own name, without control characters; white space around it is trimmed."))
}

fn ttl() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
        .minimum(Some(SHORTEST_TTL))
        .maximum(Some(LONGEST_TTL))
        .default(Some(json!(86_400)))
        .description(Some("How many seconds the room exists."))
}

fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}
