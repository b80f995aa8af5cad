//! What the server says, as text. The events are also what `GET /inbox` lists, field for field.

use std::sync::OnceLock;

use bytestring::ByteString;
use parlour_domain::{EventId, InboxEntry, Member, RoomEventKind, RoomSnapshot, Seq, UserId};
use serde_json::{Map, Value, json};

use crate::command::Refused;

/// An inbox entry on its way to its recipient's sockets, which share one text.
#[derive(Debug)]
pub(crate) struct Delivery {
    entry: InboxEntry,
    text: OnceLock<ByteString>,
}

impl Delivery {
    pub(crate) const fn new(entry: InboxEntry) -> Self {
        Self { entry, text: OnceLock::new() }
    }

    pub(crate) const fn seq(&self) -> Seq {
        self.entry.seq
    }

    pub(crate) fn event_id(&self) -> EventId {
        self.entry.event.id
    }

    /// The frame; made by the first socket that asks, so that the notifier never waits for it.
    pub(crate) fn text(&self) -> ByteString {
        self.text.get_or_init(|| event(&self.entry).to_string().into()).clone()
    }
}

/// The event as its recipient is told of it: `type`, `seq`, `event_id`, `room_id`, for `room_created` and `room_updated`
/// what [`describe`] adds, and the `participant` that an event is about.
fn event(entry: &InboxEntry) -> Value {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(entry.event.kind.as_str()));
    object.insert("seq".to_owned(), json!(entry.seq.get()));
    object.insert("event_id".to_owned(), json!(entry.event.id.to_string()));
    object.insert("room_id".to_owned(), json!(entry.event.room_id.to_string()));
    match &entry.event.kind {
        RoomEventKind::Created(room) | RoomEventKind::Updated(room) => describe(&mut object, room, entry.recipient),
        RoomEventKind::Joined(member) | RoomEventKind::Left(member) | RoomEventKind::Changed(member) => {
            object.insert("participant".to_owned(), participant(member));
        }
        RoomEventKind::Deleted | RoomEventKind::Expired => {}
    }
    Value::Object(object)
}

fn describe(object: &mut Map<String, Value>, room: &RoomSnapshot, reader: UserId) {
    let fields = [
        ("room_type", json!(room.kind.as_str())),
        ("name", json!(room.name_for(reader))),
        ("participants", room.members.iter().map(participant).collect()),
        ("is_encrypted", json!(true)),
        ("created_at", json!(room.created_at.to_string())),
        ("updated_at", json!(room.updated_at.to_string())),
        ("expires_at", json!(room.kind.expires_at().map(|end| end.to_string()))),
    ];
    object.extend(fields.map(|(name, value)| (name.to_owned(), value)));
}

fn participant(member: &Member) -> Value {
    json!({
        "user_id": member.user_id.to_string(),
        "username": member.username,
        "display_name": member.display_name,
        "role": member.role.as_str(),
        "joined_at": member.joined_at.to_string(),
    })
}

/// The answer to `since`: everything after it follows; `head` is the newest event there is.
pub(crate) fn resumed(since: Seq, head: Seq) -> ByteString {
    json!({ "type": "resumed", "since": since.get(), "head": head.get() }).to_string().into()
}

/// There is no way on from where the socket was: load the rooms, then go on from `head`.
pub(crate) fn reset(head: Seq) -> ByteString {
    json!({ "type": "reset", "head": head.get() }).to_string().into()
}

/// Something is refused.
pub(crate) fn error(code: &str, message: &str) -> ByteString {
    json!({ "type": "error", "error_code": code, "error_message": message }).to_string().into()
}

/// A frame of the client is refused.
pub(crate) fn refusal(refused: &Refused) -> ByteString {
    let mut frame = json!({ "type": "error", "error_code": refused.code, "error_message": refused.message });
    if let Some(field) = refused.field {
        frame["details"] = json!({ "field": field });
    }
    if let Some(temp_id) = &refused.temp_id {
        frame["temp_id"] = json!(temp_id);
    }
    frame.to_string().into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parlour_domain::{Role, RoomEvent, RoomKind, RoomName, Timestamp};

    use super::*;
    use crate::command::Command;

    const ALICE: &str = "019ad6a0-0000-7000-8000-000000000001";
    const BOB: &str = "019ad6a0-0000-7000-8000-000000000002";
    const CAROL: &str = "019ad6a0-0000-7000-8000-000000000003";
    const ROOM: &str = "019ad6a0-1b2c-7d3e-8f40-0000000000a1";

    /// The example of that type in the reference.
    fn documented(name: &str) -> Value {
        let reference = include_str!("../../../docs/websocket.md");
        let examples = reference.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let mut examples = examples.map(|example| serde_json::from_str::<Value>(example).unwrap());
        examples.find(|example| example["type"] == json!(name)).unwrap()
    }

    fn spoken(text: &ByteString) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn member(id: &str, name: &str, role: Role, at: Timestamp) -> Member {
        let (username, display_name) = (name.to_lowercase(), name.to_owned());
        Member { user_id: id.parse().unwrap(), username, display_name, role, joined_at: at }
    }

    fn entry(seq: u64, event_id: &str, room_id: &str, kind: RoomEventKind) -> InboxEntry {
        let at = Timestamp::from_micros(0).unwrap();
        let event = RoomEvent { id: event_id.parse().unwrap(), room_id: room_id.parse().unwrap(), at, kind };
        InboxEntry { recipient: BOB.parse().unwrap(), seq: Seq::new(seq), event: Arc::new(event) }
    }

    /// What happens to a group after [`created`], in the order of the reference.
    fn changes() -> [(&'static str, InboxEntry); 4] {
        let group = "019ad6a0-1b2c-7d3e-8f40-0000000000a3";
        let at = |micros: i64| Timestamp::from_micros(1_795_370_400_000_000 + micros).unwrap();
        let named = RoomSnapshot {
            room_id: group.parse().unwrap(),
            kind: RoomKind::Group,
            name: RoomName::parse("Tea party").ok(),
            members: vec![
                member(ALICE, "Alice", Role::Owner, at(123_456)),
                member(BOB, "Bob", Role::Member, at(123_456)),
            ],
            created_by: ALICE.parse().unwrap(),
            created_at: at(123_456),
            updated_at: at(5_000_000),
        };
        let carol = |role| member(CAROL, "Carol", role, at(9_000_000));
        let entry = |seq, n: u8, kind| entry(seq, &format!("019ad6a0-4b2c-7d3e-8f40-0000000000f{n}"), group, kind);
        [
            ("room_updated", entry(45, 1, RoomEventKind::Updated(named))),
            ("participant_joined", entry(46, 2, RoomEventKind::Joined(carol(Role::Member)))),
            ("participant_changed", entry(47, 3, RoomEventKind::Changed(carol(Role::Admin)))),
            ("participant_left", entry(48, 4, RoomEventKind::Left(carol(Role::Admin)))),
        ]
    }

    fn created() -> InboxEntry {
        let at = Timestamp::from_micros(1_795_370_400_123_456).unwrap();
        let room = RoomSnapshot {
            room_id: ROOM.parse().unwrap(),
            kind: RoomKind::Direct,
            name: None,
            members: vec![member(ALICE, "Alice", Role::Owner, at), member(BOB, "Bob", Role::Member, at)],
            created_by: ALICE.parse().unwrap(),
            created_at: at,
            updated_at: at,
        };
        entry(42, "019ad6a0-1b2c-7d3e-8f40-0000000000e1", ROOM, RoomEventKind::Created(room))
    }

    #[test]
    fn the_frames_are_those_of_the_reference() {
        assert_eq!(event(&created()), documented("room_created"));
        let deleted = entry(43, "019ad6a0-2b2c-7d3e-8f40-0000000000e2", ROOM, RoomEventKind::Deleted);
        assert_eq!(event(&deleted), documented("room_deleted"));
        let other = "019ad6a0-1b2c-7d3e-8f40-0000000000a2";
        let expired = entry(44, "019ad6a0-3b2c-7d3e-8f40-0000000000e3", other, RoomEventKind::Expired);
        assert_eq!(event(&expired), documented("room_expired"));
        for (name, change) in changes() {
            assert_eq!(event(&change), documented(name));
        }
        assert_eq!(spoken(&resumed(Seq::new(41), Seq::new(43))), documented("resumed"));
        assert_eq!(spoken(&reset(Seq::new(43))), documented("reset"));
        let refused = Command::parse(r#"{"type":"ack","temp_id":"t-7"}"#, Seq::ZERO).unwrap_err();
        assert_eq!(spoken(&refusal(&refused)), documented("error"));
    }

    #[test]
    fn the_reference_says_what_a_client_may_say() {
        for name in ["ack", "heartbeat"] {
            assert!(Command::parse(&documented(name).to_string(), Seq::new(42)).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_sockets_of_a_recipient_share_one_text() {
        let delivery = Delivery::new(created());
        assert_eq!(delivery.text().as_ptr(), delivery.text().as_ptr());
    }
}
