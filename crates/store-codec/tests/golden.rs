//! What was stored once can be read for ever, and is written as the very same bytes.
#![expect(clippy::unwrap_used, reason = "a test that cannot build its own value has failed")]

use parlour_domain::{
    Answer, Member, Role, RoomEvent, RoomEventKind, RoomKind, RoomName, RoomSnapshot, Timestamp, UserId,
};
use parlour_store_codec::{CodecError, decode_answer, decode_event, encode_answer, encode_event};

const CREATED_DIRECT: &[u8] = include_bytes!("../golden/event-room_created-direct.v1.json");
const CREATED_GROUP: &[u8] = include_bytes!("../golden/event-room_created-group.v1.json");
const CREATED_EPHEMERAL: &[u8] = include_bytes!("../golden/event-room_created-ephemeral.v1.json");
const UPDATED: &[u8] = include_bytes!("../golden/event-room_updated.v1.json");
const JOINED: &[u8] = include_bytes!("../golden/event-participant_joined.v1.json");
const LEFT: &[u8] = include_bytes!("../golden/event-participant_left.v1.json");
const CHANGED: &[u8] = include_bytes!("../golden/event-participant_changed.v1.json");
const DELETED: &[u8] = include_bytes!("../golden/event-room_deleted.v1.json");
const EXPIRED: &[u8] = include_bytes!("../golden/event-room_expired.v1.json");
const ANSWER_CREATED: &[u8] = include_bytes!("../golden/answer-created.v1.json");
const ANSWER_EXISTING: &[u8] = include_bytes!("../golden/answer-existing.v1.json");

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn user_id(n: u8) -> UserId {
    format!("0192f0c1-2345-7000-8000-0000000000{n:02x}").parse().unwrap()
}

fn member(n: u8, username: &str, display_name: &str, role: Role) -> Member {
    let joined_at = at(1_795_370_400_000_000 + i64::from(n));
    Member {
        user_id: user_id(n),
        username: username.to_owned(),
        display_name: display_name.to_owned(),
        role,
        joined_at,
    }
}

fn snapshot(kind: RoomKind, name: Option<&str>, members: Vec<Member>) -> RoomSnapshot {
    RoomSnapshot {
        room_id: "0192f0c1-2345-7000-8000-0000000000f0".parse().unwrap(),
        kind,
        name: name.map(|name| RoomName::parse(name).unwrap()),
        members,
        created_by: user_id(1),
        created_at: at(1_795_370_400_123_456),
        updated_at: at(1_795_370_400_123_457),
    }
}

fn direct() -> RoomSnapshot {
    let members = vec![member(1, "alice", "Alice", Role::Owner), member(2, "bob", "Bob", Role::Member)];
    snapshot(RoomKind::Direct, None, members)
}

fn people() -> [Member; 3] {
    [
        member(1, "alice", "Alice \"Al\" \\ O'Hara", Role::Owner),
        member(2, "zoë", "Zoë 👩‍🚀", Role::Admin),
        member(3, "", "Deleted user", Role::Member),
    ]
}

fn group() -> RoomSnapshot {
    snapshot(RoomKind::Group, Some("Tea / чай ☕"), people().to_vec())
}

fn ephemeral() -> RoomSnapshot {
    let members = vec![member(1, "alice", "Alice", Role::Owner)];
    snapshot(RoomKind::Ephemeral { expires_at: at(-62_167_219_200_000_000) }, None, members)
}

fn event(kind: RoomEventKind) -> RoomEvent {
    RoomEvent {
        id: "0192f0c1-2345-7000-8000-0000000000e0".parse().unwrap(),
        room_id: "0192f0c1-2345-7000-8000-0000000000f0".parse().unwrap(),
        at: at(253_402_300_799_999_999),
        kind,
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_kind_of_event_is_read_from_and_written_as_its_golden_bytes() {
    let [owner, admin, gone] = people();
    for (golden, expected) in [
        (UPDATED, event(RoomEventKind::Updated(group()))),
        (JOINED, event(RoomEventKind::Joined(admin))),
        (LEFT, event(RoomEventKind::Left(gone))),
        (CHANGED, event(RoomEventKind::Changed(owner))),
        (CREATED_DIRECT, event(RoomEventKind::Created(direct()))),
        (CREATED_GROUP, event(RoomEventKind::Created(group()))),
        (CREATED_EPHEMERAL, event(RoomEventKind::Created(ephemeral()))),
        (DELETED, event(RoomEventKind::Deleted)),
        (EXPIRED, event(RoomEventKind::Expired)),
    ] {
        assert_eq!(text(&encode_event(&expected)), text(golden));
        assert_eq!(decode_event(golden).unwrap(), expected);
    }
}

#[test]
fn every_answer_is_read_from_and_written_as_its_golden_bytes() {
    for (golden, expected) in [
        (ANSWER_CREATED, Answer { created: true, room: group() }),
        (ANSWER_EXISTING, Answer { created: false, room: direct() }),
    ] {
        assert_eq!(text(&encode_answer(&expected)), text(golden));
        assert_eq!(decode_answer(golden).unwrap(), expected);
    }
}

#[test]
fn a_room_of_256_comes_back_as_it_went_in() {
    let everyone = (0..=255).map(|n| member(n, &format!("user{n}"), &"é".repeat(100), Role::Member)).collect();
    let event = event(RoomEventKind::Created(snapshot(RoomKind::Group, Some(&"\u{10ffff}".repeat(100)), everyone)));
    assert_eq!(decode_event(&encode_event(&event)).unwrap(), event);
}

#[test]
fn a_newer_version_is_named_whatever_else_it_holds() {
    let newer = br#"{"v":2,"something":["else"]}"#;
    assert!(matches!(decode_event(newer), Err(CodecError::UnknownVersion(2))));
    assert!(matches!(decode_answer(newer), Err(CodecError::UnknownVersion(2))));
}

#[test]
fn every_cut_of_the_bytes_is_refused() {
    for length in 0..CREATED_GROUP.len() {
        assert!(matches!(decode_event(&CREATED_GROUP[..length]), Err(CodecError::Malformed(_))), "{length}");
    }
    for length in 0..ANSWER_CREATED.len() {
        assert!(matches!(decode_answer(&ANSWER_CREATED[..length]), Err(CodecError::Malformed(_))), "{length}");
    }
}

#[test]
fn a_value_that_the_domain_refuses_is_refused() {
    let spoilt = |from: &str, to: &str| {
        let golden = text(CREATED_GROUP);
        assert!(golden.contains(from), "{from}");
        decode_event(golden.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    assert!(matches!(spoilt("0192f0c1", "0192f0cx"), CodecError::Id(_)));
    assert!(matches!(spoilt("253402300799999999", "253402300800000000"), CodecError::Timestamp(_)));
    assert!(matches!(spoilt("Tea / чай ☕", "   "), CodecError::RoomName(_)));
    assert!(matches!(spoilt("\"owner\"", "\"king\""), CodecError::Role(_)));
    assert!(matches!(spoilt("\"group\"", "\"ephemeral\""), CodecError::RoomKind(kind) if kind == "ephemeral"));
    assert!(matches!(spoilt("room_created", "room_deleted"), CodecError::EventKind(kind) if kind == "room_deleted"));
    assert!(
        matches!(spoilt("room_created", "participant_left"), CodecError::EventKind(kind) if kind == "participant_left")
    );
    assert!(matches!(spoilt("room_created", "room_burnt"), CodecError::EventKind(kind) if kind == "room_burnt"));
    assert!(matches!(spoilt("{\"v\":1,", "{\"v\":1,\"more\":0,"), CodecError::Malformed(_)));
    assert!(matches!(spoilt("{\"v\":1,", "{"), CodecError::Malformed(_)));
}

#[test]
fn an_event_about_a_participant_has_the_participant_and_no_room() {
    let with = |golden: &[u8], more: &str| {
        let event = format!("{},{more}}}", text(golden).strip_suffix('}').unwrap());
        decode_event(event.as_bytes()).unwrap_err()
    };
    let who = text(LEFT).split_once("\"who\":").unwrap().1.strip_suffix('}').unwrap();
    let snap = text(CREATED_DIRECT).split_once("\"snap\":").unwrap().1.strip_suffix('}').unwrap();
    for (golden, more) in [
        (JOINED, format!("\"snap\":{snap}")),
        (CREATED_GROUP, format!("\"who\":{who}")),
        (UPDATED, format!("\"who\":{who}")),
        (DELETED, format!("\"who\":{who}")),
        (EXPIRED, format!("\"snap\":{snap}")),
    ] {
        assert!(matches!(with(golden, &more), CodecError::EventKind(_)), "{more}");
    }
    let nobody = text(LEFT).replace(&format!(",\"who\":{who}"), "");
    assert!(matches!(decode_event(nobody.as_bytes()), Err(CodecError::EventKind(kind)) if kind == "participant_left"));
    let king = text(JOINED).replace("admin", "king");
    assert!(matches!(decode_event(king.as_bytes()), Err(CodecError::Role(_))));
}
