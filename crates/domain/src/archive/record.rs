//! The records that a store is made of, and the order in which they come.

use std::fmt;

use uuid::Uuid;

use super::Unit;
use crate::{
    Block, CommitId, ContactPolicy, CredentialId, IdempotencyRecord, InboxEntry, Passkey, Room, Seq, Session,
    TokenHash, User, UserId,
};

/// Where an inbox begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxHead {
    /// Whose inbox it is.
    pub user: UserId,
    /// The place of the newest entry ever written.
    pub head: Seq,
    /// The place of the newest entry that was forgotten; [`Seq::ZERO`] when none was.
    pub forgotten: Seq,
}

/// What a user said about who may open rooms with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetPolicy {
    /// Who said so.
    pub user: UserId,
    /// What they said.
    pub policy: ContactPolicy,
}

/// One record of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveRecord {
    /// Of [`Unit::Users`].
    User(User),
    /// Of [`Unit::Sessions`].
    Session(Session),
    /// Of [`Unit::Passkeys`].
    Passkey(Passkey),
    /// Of [`Unit::ContactPolicies`].
    Policy(SetPolicy),
    /// Of [`Unit::Blocks`].
    Block(Block),
    /// Of [`Unit::Rooms`].
    Room(Room),
    /// Of [`Unit::InboxHeads`].
    Head(InboxHead),
    /// Of [`Unit::InboxEntries`].
    Entry(InboxEntry),
    /// Of [`Unit::Answers`].
    Answer(IdempotencyRecord),
    /// Of [`Unit::AppliedCommits`].
    Commit(CommitId),
}

impl ArchiveRecord {
    /// The unit that it belongs to.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        match self {
            Self::User(_) => Unit::Users,
            Self::Session(_) => Unit::Sessions,
            Self::Passkey(_) => Unit::Passkeys,
            Self::Policy(_) => Unit::ContactPolicies,
            Self::Block(_) => Unit::Blocks,
            Self::Room(_) => Unit::Rooms,
            Self::Head(_) => Unit::InboxHeads,
            Self::Entry(_) => Unit::InboxEntries,
            Self::Answer(_) => Unit::Answers,
            Self::Commit(_) => Unit::AppliedCommits,
        }
    }

    /// Its place within its unit.
    #[must_use]
    pub fn key(&self) -> ArchiveKey {
        match self {
            Self::User(user) => ArchiveKey::Id(user.id.as_uuid()),
            Self::Session(session) => ArchiveKey::Session(session.token_hash),
            Self::Passkey(passkey) => ArchiveKey::Passkey(passkey.id.clone()),
            Self::Policy(set) => ArchiveKey::Id(set.user.as_uuid()),
            Self::Block(block) => ArchiveKey::Block(block.user, block.blocked),
            Self::Room(room) => ArchiveKey::Id(room.id().as_uuid()),
            Self::Head(head) => ArchiveKey::Id(head.user.as_uuid()),
            Self::Entry(entry) => ArchiveKey::Entry(entry.recipient, entry.seq),
            Self::Answer(record) => ArchiveKey::Answer(record.caller, record.key.to_string()),
            Self::Commit(id) => ArchiveKey::Id(id.as_uuid()),
        }
    }
}

/// The place of a record within its unit. The order is the same on every engine: that of the bytes of ids, hashes and
/// texts, and of the numbers of places. It holds also what is no valid key, so that a record can be named that does not
/// parse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArchiveKey {
    /// Of users, contact policies and inbox heads (the user's), rooms and applied commits.
    Id(Uuid),
    /// Of sessions.
    Session(TokenHash),
    /// Of passkeys.
    Passkey(CredentialId),
    /// Of blocks: who blocks, and who is blocked.
    Block(UserId, UserId),
    /// Of inbox entries: the recipient and the place.
    Entry(UserId, Seq),
    /// Of answers: the caller and what they called the request.
    Answer(UserId, String),
}

/// Names the record to an operator; of a token's hash only as much as tells one from another.
impl fmt::Display for ArchiveKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.as_hyphenated().fmt(out),
            Self::Session(hash) => {
                hash.as_bytes().iter().take(4).try_for_each(|byte| write!(out, "{byte:02x}"))?;
                out.write_str("..")
            }
            Self::Passkey(id) => id.fmt(out),
            Self::Block(user, blocked) => write!(out, "{user} {blocked}"),
            Self::Entry(user, seq) => write!(out, "{user} {seq}"),
            Self::Answer(caller, key) => write!(out, "{caller} {key:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn keys_are_in_the_order_of_bytes_and_numbers() {
        let answer = |caller, key: &str| ArchiveKey::Answer(user(caller), key.to_owned());
        assert!([answer(1, "A"), answer(1, "_"), answer(1, "a"), answer(1, "aa"), answer(2, "A")].is_sorted());
        let entry = |of, n| ArchiveKey::Entry(user(of), Seq::new(n));
        assert!([entry(1, 9), entry(1, 10), entry(2, 1)].is_sorted());
        let passkey = |bytes: &[u8]| ArchiveKey::Passkey(CredentialId::from_bytes(bytes.to_vec()).unwrap());
        assert!([passkey(&[0]), passkey(&[0, 0]), passkey(&[1]), passkey(&[1, 9]), passkey(&[0x80])].is_sorted());
        let high = Uuid::from_u128(1 << 127);
        assert!(ArchiveKey::Id(Uuid::from_u128(7)) < ArchiveKey::Id(high));
    }

    #[test]
    fn a_key_names_a_record_without_giving_a_hash_away() {
        let hash = ArchiveKey::Session(TokenHash::from_bytes([0xab; 32]));
        assert_eq!(hash.to_string(), "abababab..");
        let place = ArchiveKey::Entry(user(1), Seq::new(3));
        assert_eq!(place.to_string(), "00000000-0000-0000-0000-000000000001 3");
    }
}
