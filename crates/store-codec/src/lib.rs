//! The one stored form of events and answers, so that every store keeps the same bytes and a copy from one store to
//! another is faithful.
//!
//! It is compact JSON (RFC 8259) that begins with its version, `{"v":1,...}`; [`encode_event`] and [`encode_answer`]
//! say what each field holds. Instants are whole microseconds since 1970-01-01T00:00:00Z, ids are hyphenated UUIDs in lower case.
//! The files in `golden/` are the promise: what they hold can be read for ever, and encoding gives the very same bytes.
//! A field that an old reader would have to know makes a new version.
//!
//! [`encode_record`] is the same for everything else that a store keeps. Nobody stores it: two stores hold the same when
//! the digests of these bytes are equal. [`encode_mark`] is what the target of a copy keeps while the copy goes on.
//!
//! ```
//! use parlour_domain::{RoomEvent, RoomEventKind, Timestamp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let event = RoomEvent {
//!     id: "0192f0c1-2345-7000-8000-000000000001".parse()?,
//!     room_id: "0192f0c1-2345-7000-8000-000000000002".parse()?,
//!     at: Timestamp::from_micros(1_795_370_400_123_456)?,
//!     kind: RoomEventKind::Deleted,
//! };
//! let bytes = parlour_store_codec::encode_event(&event);
//! assert_eq!(parlour_store_codec::decode_event(&bytes)?, event);
//! # Ok(())
//! # }
//! ```

mod answer;
mod error;
mod event;
mod mark;
mod record;
mod snapshot;
mod version;

pub use answer::{decode_answer, encode_answer};
pub use error::CodecError;
pub use event::{decode_event, encode_event};
pub use mark::{decode_mark, encode_mark};
pub use record::encode_record;
