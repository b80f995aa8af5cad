//! Identifiers: one newtype each, so that a room's id can never stand where a user's is asked for.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is not a hyphenated UUID (RFC 9562, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a hyphenated UUID")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// New ones are UUIDv7 (RFC 9562, section 5.7), minted by [`IdSource`](crate::port::IdSource). The order is the
        /// order of the bytes, which for UUIDv7 is the order of creation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name such a thing.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for an adapter that stores or prints it.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(out)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_hyphenated(text).map(Self)
            }
        }
    };
}

id!(
    /// Names a registered user.
    UserId
);
id!(
    /// Names a room.
    RoomId
);
id!(
    /// Names an event of a room; equal in frames and over HTTP.
    EventId
);
id!(
    /// Names one attempt to change a room; the same id applied twice has one effect.
    CommitId
);
id!(
    /// Names a session of a user; not a secret, unlike its token.
    SessionId
);

/// `Uuid` also reads the braced, simple and URN forms, which the wire does not have.
fn parse_hyphenated(text: &str) -> Result<Uuid, InvalidId> {
    const HYPHENATED_LENGTH: usize = 36;
    if text.len() != HYPHENATED_LENGTH {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_what_it_prints() {
        let id: RoomId = "0192F0C1-2345-7000-8000-00000000000A".parse().unwrap();
        assert_eq!(id.to_string(), "0192f0c1-2345-7000-8000-00000000000a");
        assert_eq!(id.to_string().parse::<RoomId>(), Ok(id));
    }

    #[test]
    fn only_the_hyphenated_form_is_read() {
        for text in [
            "",
            "0192f0c1234570008000000000000001",
            "{0192f0c1-2345-7000-8000-000000000001}",
            "urn:uuid:0192f0c1-2345-7000-8000-000000000001",
            "0192f0c1-2345-7000-8000-00000000000g",
            "0192f0c1-2345-7000-8000-00000000000é",
        ] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text}");
        }
    }
}
