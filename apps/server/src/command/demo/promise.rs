//! What the demo promises, checked one by one.

use anyhow::bail;
use serde_json::Value;

use super::stage::Stage;

/// Shows whether `what` is as promised.
///
/// # Errors
/// One line that says what differed.
pub(super) fn promise(stage: &mut Stage, promise: &str, what: &Value, expected: &Value) -> anyhow::Result<()> {
    let kept = what == expected;
    stage.verdict(kept, promise)?;
    if !kept {
        bail!("broken promise: {promise} (expected {expected}, got {what})");
    }
    Ok(())
}

/// Those fields of an object that a room and the frame that tells of it share, under the names of the frame.
pub(super) fn told_of_room(room: &Value) -> Value {
    let mut told = shared_fields(room);
    told["room_id"] = room["id"].clone();
    told["room_type"] = room["type"].clone();
    told
}

/// The same fields of a `room_created` frame.
pub(super) fn told_by_frame(frame: &Value) -> Value {
    let mut told = shared_fields(frame);
    told["room_id"] = frame["room_id"].clone();
    told["room_type"] = frame["room_type"].clone();
    told
}

fn shared_fields(object: &Value) -> Value {
    let names = ["participants", "is_encrypted", "created_at", "updated_at", "expires_at"];
    names.into_iter().map(|name| (name.to_owned(), object[name].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_frame_of_another_room_differs() {
        let room = json!({"id": "a", "type": "direct", "participants": [], "is_encrypted": true, "created_at": "now"});
        let mut frame = room.clone();
        frame["room_id"] = json!("a");
        frame["room_type"] = json!("direct");
        assert_eq!(told_of_room(&room), told_by_frame(&frame));
        frame["room_id"] = json!("b");
        assert_ne!(told_of_room(&room), told_by_frame(&frame));
    }
}
