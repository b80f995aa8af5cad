//! Places in lists, as opaque texts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::{RoomCursor, RoomId, Timestamp, UserId};

const INSTANT_BYTES: usize = 8;
const BYTES: usize = INSTANT_BYTES + 16;

/// Writes the microseconds of the instant (big endian) and the room's id in base64url (RFC 4648, section 5).
pub(super) fn write(cursor: RoomCursor) -> String {
    let mut bytes = [0; BYTES];
    let (instant, room) = bytes.split_at_mut(INSTANT_BYTES);
    instant.copy_from_slice(&cursor.updated_at.as_micros().to_be_bytes());
    room.copy_from_slice(cursor.room_id.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`write()`] wrote.
pub(super) fn read(text: &str) -> Result<RoomCursor, &'static str> {
    decode(text).ok_or("must be a next_cursor of an earlier answer")
}

fn decode(text: &str) -> Option<RoomCursor> {
    let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (instant, room) = bytes.split_at(INSTANT_BYTES);
    let micros = i64::from_be_bytes(instant.try_into().ok()?);
    let updated_at = Timestamp::from_micros(micros).ok().filter(|_| micros >= 0)?;
    Some(RoomCursor { updated_at, room_id: RoomId::from_uuid(uuid::Uuid::from_slice(room).ok()?) })
}

/// Writes the user's id in base64url.
pub(super) fn write_user(user: UserId) -> String {
    URL_SAFE_NO_PAD.encode(user.as_uuid().as_bytes())
}

/// Reads what [`write_user`] wrote.
pub(super) fn read_user(text: &str) -> Result<UserId, &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let id = bytes.and_then(|bytes| uuid::Uuid::from_slice(&bytes).ok());
    id.map(UserId::from_uuid).ok_or("must be a next_cursor of an earlier answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_what_it_wrote() {
        let cursor = RoomCursor {
            updated_at: Timestamp::from_micros(1_795_370_400_123_456).unwrap(),
            room_id: "0192f0c1-2345-7000-8000-00000000000a".parse().unwrap(),
        };
        let text = write(cursor);
        assert_eq!(text, "AAZg4T7wikABkvDBI0VwAIAAAAAAAAAK");
        assert_eq!(read(&text), Ok(cursor));
    }

    #[test]
    fn a_users_place_reads_what_it_wrote() {
        let user: UserId = "0192f0c1-2345-7000-8000-00000000000a".parse().unwrap();
        let text = write_user(user);
        assert_eq!((text.as_str(), read_user(&text)), ("AZLwwSNFcACAAAAAAAAACg", Ok(user)));
        for text in ["", "A", "!!", &"A".repeat(21), &"A".repeat(32)] {
            assert!(read_user(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        let outside_time = "_".repeat(32);
        for text in ["", "A", "!!", &"A".repeat(31), &"A".repeat(33), &"+".repeat(32), &outside_time] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
