//! What rooms and events look like on the wire, said once.

use parlour_tests::Person;
use serde_json::{Value, json};

/// Asks for the direct room with somebody.
pub(crate) fn direct(peer: &Person) -> Value {
    json!({"participant_id": peer.id})
}

/// Asks for a group.
pub(crate) fn group(name: Option<&str>, others: &[&Person]) -> Value {
    json!({"room_type": "group", "name": name, "participant_ids": ids(others)})
}

pub(crate) fn ids(people: &[&Person]) -> Vec<String> {
    people.iter().map(|person| person.id.clone()).collect()
}

/// The ids of a list of rooms, in its order.
pub(crate) fn room_ids(rooms: &[Value]) -> Vec<&str> {
    rooms.iter().filter_map(|room| room["id"].as_str()).collect()
}

/// Checks everything in a new room that the request and the reader decide.
pub(crate) fn assert_room(room: &Value, kind: &str, name: &str, owner: &Person, members: &[&Person]) {
    assert_eq!(room["type"], kind, "{room}");
    assert_eq!(room["name"], name, "{room}");
    assert_eq!(room["created_by"], owner.id, "{room}");
    assert_eq!(room["is_encrypted"], true, "{room}");
    assert_eq!(room["unread_count"], 0, "{room}");
    assert_eq!(room["updated_at"], room["created_at"], "{room}");
    assert_eq!(room["expires_at"].is_string(), kind == "ephemeral", "{room}");
    let seat = |person: &Person, role: &str| {
        let Person { id, username, display_name, .. } = person;
        let joined_at = &room["created_at"];
        json!({
            "user_id": id, "username": username, "display_name": display_name, "role": role, "joined_at": joined_at
        })
    };
    let mut expected: Vec<Value> = members.iter().map(|member| seat(member, "member")).collect();
    expected.push(seat(owner, "owner"));
    expected.sort_by_key(|participant| participant["user_id"].to_string());
    let mut participants = room["participants"].as_array().cloned().unwrap_or_default();
    participants.sort_by_key(|participant| participant["user_id"].to_string());
    assert_eq!(participants, expected, "{room}");
}

/// Checks that an event tells of a room as its reader sees it.
pub(crate) fn assert_tells_of(event: &Value, room: &Value, name: &str) {
    assert_eq!(event["type"], "room_created", "{event}");
    assert_eq!(event["room_id"], room["id"], "{event}");
    assert_eq!(event["room_type"], room["type"], "{event}");
    assert_eq!(event["name"], name, "{event}");
    assert!(event["event_id"].is_string(), "{event}");
    for same in ["participants", "is_encrypted", "created_at", "updated_at", "expires_at"] {
        assert_eq!(event[same], room[same], "{same} of {event}");
    }
}

/// A problem without what names the request.
pub(crate) fn without_instance(mut problem: Value) -> Value {
    if let Some(fields) = problem.as_object_mut() {
        fields.remove("instance");
        fields.remove("request_id");
    }
    problem
}
