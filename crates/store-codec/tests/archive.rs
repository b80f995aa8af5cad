//! Two stores are compared by the very same bytes for ever, and a copy that was begun can be gone on with.
#![expect(clippy::unwrap_used, reason = "a test that cannot build its own value has failed")]

use std::sync::Arc;

use parlour_domain::{
    Answer, ArchiveKey, ArchiveRecord, Block, ContactPolicy, CredentialId, DisplayName, Fingerprint, IdempotencyKey,
    IdempotencyRecord, ImportMark, InboxEntry, InboxHead, Participant, Passkey, PasskeyName, Revision, Role, Room,
    RoomEvent, RoomEventKind, RoomKind, RoomName, RoomParts, Seq, Session, SetPolicy, Side, Timestamp, TokenHash, Unit,
    User, UserHandle, UserId, Username,
};
use parlour_store_codec::{CodecError, decode_answer, decode_mark, encode_mark, encode_record};

const GOLDEN: &str = include_str!("../golden/records.v1.jsonl");
const MARK_BEGUN: &[u8] = include_bytes!("../golden/mark-begun.v1.json");
const MARK_REACHED: &[u8] = include_bytes!("../golden/mark-reached.v1.json");

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn user_id(n: u8) -> UserId {
    format!("0192f0c1-2345-7000-8000-0000000000{n:02x}").parse().unwrap()
}

fn room(kind: RoomKind, name: Option<&str>) -> Room {
    let seat = |n, role| Participant { user_id: user_id(n), role, joined_at: at(1_795_370_400_000_000 + i64::from(n)) };
    Room::restore(RoomParts {
        id: "0192f0c1-2345-7000-8000-0000000000f0".parse().unwrap(),
        kind,
        name: name.map(|name| RoomName::parse(name).unwrap()),
        participants: vec![seat(1, Role::Owner), seat(2, Role::Admin)],
        created_by: user_id(1),
        created_at: at(1_795_370_400_123_456),
        updated_at: at(1_795_370_400_123_457),
        revision: Revision::new(7),
    })
    .unwrap()
}

fn passkey(id: Vec<u8>, last_used_at: Option<Timestamp>) -> Passkey {
    Passkey {
        id: CredentialId::from_bytes(id).unwrap(),
        user_id: user_id(1),
        user_handle: UserHandle::from_random_bytes([0xcd; 64]),
        name: PasskeyName::parse("Zoë's \"key\"").unwrap(),
        material: b"{}".to_vec(),
        counter: u32::MAX,
        created_at: at(4),
        last_used_at,
    }
}

fn records() -> Vec<ArchiveRecord> {
    let user = User {
        id: user_id(1),
        username: Username::parse("zoë").unwrap(),
        display_name: DisplayName::parse("Zoë \"Z\" \\ 👩‍🚀").unwrap(),
        is_active: true,
        is_verified: false,
        created_at: at(-62_167_219_200_000_000),
    };
    let session = Session {
        id: "0192f0c1-2345-7000-8000-0000000000a0".parse().unwrap(),
        user_id: user_id(1),
        token_hash: TokenHash::from_bytes([0xab; 32]),
        created_at: at(1),
        expires_at: at(253_402_300_799_999_999),
    };
    let event = RoomEvent {
        id: "0192f0c1-2345-7000-8000-0000000000e0".parse().unwrap(),
        room_id: "0192f0c1-2345-7000-8000-0000000000f0".parse().unwrap(),
        at: at(5),
        kind: RoomEventKind::Deleted,
    };
    let answer: Answer = decode_answer(include_bytes!("../golden/answer-created.v1.json")).unwrap();
    vec![
        ArchiveRecord::User(user),
        ArchiveRecord::Session(session),
        ArchiveRecord::Passkey(passkey(vec![0x00, 0xff], None)),
        ArchiveRecord::Passkey(passkey(vec![0x0a; 20], Some(at(5)))),
        ArchiveRecord::Policy(SetPolicy { user: user_id(1), policy: ContactPolicy::SharedRooms }),
        ArchiveRecord::Block(Block { user: user_id(1), blocked: user_id(2), at: at(-1) }),
        ArchiveRecord::Room(room(RoomKind::Direct, None)),
        ArchiveRecord::Room(room(RoomKind::Ephemeral { expires_at: at(9) }, Some("Tea / чай ☕"))),
        ArchiveRecord::Head(InboxHead { user: user_id(1), head: Seq::new(12), forgotten: Seq::new(9) }),
        ArchiveRecord::Entry(InboxEntry { recipient: user_id(1), seq: Seq::new(10), event: Arc::new(event) }),
        ArchiveRecord::Answer(IdempotencyRecord {
            caller: user_id(1),
            key: IdempotencyKey::parse("~k\"\\").unwrap(),
            fingerprint: Fingerprint::from_bytes([0x0f; 32]),
            answer,
            created_at: at(1),
            expires_at: at(2),
        }),
        ArchiveRecord::Commit("0192f0c1-2345-7000-8000-0000000000c0".parse().unwrap()),
    ]
}

#[test]
fn every_kind_of_record_is_written_as_its_golden_line() {
    let lines: Vec<String> = records().iter().map(|record| String::from_utf8(encode_record(record)).unwrap()).collect();
    assert_eq!(lines.join("\n") + "\n", GOLDEN);
    for line in lines {
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok_and(|value| value.is_object()), "{line}");
    }
}

fn begun() -> ImportMark {
    ImportMark::new("sqlite:///var/lib/parlour/users.db".to_owned(), Side::ALL.to_vec())
}

fn reached() -> ImportMark {
    let key = ArchiveKey::Answer(user_id(1), "~k\"\\".to_owned());
    ImportMark { sides: vec![Side::Rooms], reached: Some((Unit::Answers, key)), ..begun() }
}

#[test]
fn a_mark_is_read_from_and_written_as_its_golden_bytes() {
    for (golden, mark) in [(MARK_BEGUN, begun()), (MARK_REACHED, reached())] {
        assert_eq!(std::str::from_utf8(&encode_mark(&mark)), std::str::from_utf8(golden));
        assert_eq!(decode_mark(golden).unwrap(), mark);
    }
}

#[test]
fn a_mark_may_stand_at_any_record() {
    for record in records() {
        let mark = ImportMark { reached: Some((record.unit(), record.key())), ..begun() };
        assert_eq!(decode_mark(&encode_mark(&mark)).unwrap(), mark);
    }
}

#[test]
fn a_mark_at_no_passkey_is_refused() {
    for digits in ["", "0", "0g", "\u{e9}"] {
        let golden = std::str::from_utf8(MARK_REACHED).unwrap();
        let (before, _) = golden.split_once("\"unit\"").unwrap();
        let spoilt = format!("{before}\"unit\":\"passkeys\",\"key\":{{\"passkey\":\"{digits}\"}}}}");
        assert!(
            matches!(decode_mark(spoilt.as_bytes()), Err(CodecError::Mark("it has no id of a passkey"))),
            "{digits}"
        );
    }
}

#[test]
fn a_mark_that_says_nothing_sensible_is_refused() {
    let spoilt = |from: &str, to: &str| {
        let golden = std::str::from_utf8(MARK_REACHED).unwrap();
        assert!(golden.contains(from), "{from}");
        decode_mark(golden.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    assert!(matches!(spoilt("\"rooms\"", "\"roofs\""), CodecError::Mark(_)));
    assert!(matches!(spoilt("\"answers\"", "\"questions\""), CodecError::Mark(_)));
    assert!(matches!(spoilt(",\"unit\":\"answers\"", ""), CodecError::Mark(_)));
    assert!(matches!(spoilt("0192f0c1", "0192f0cx"), CodecError::Id(_)));
    assert!(matches!(spoilt("\"v\":1", "\"v\":2"), CodecError::UnknownVersion(2)));
}
