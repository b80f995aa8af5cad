//! The tables, and the indexes that keep every read short.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use parlour_domain::{Ceremony, ChallengeHash, CredentialId, ImportMark};
use uuid::Uuid;

use crate::row::passkey::PasskeyRow;
use crate::row::{AnswerRow, EntryRow, RoomRow, SessionRow, UserRow};

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) users: BTreeMap<Uuid, UserRow>,
    /// From a username's key to its holder.
    pub(crate) usernames: HashMap<String, Uuid>,

    pub(crate) sessions: BTreeMap<Uuid, SessionRow>,
    /// From a token's hash to its session.
    pub(crate) tokens: BTreeMap<[u8; 32], Uuid>,

    pub(crate) passkeys: BTreeMap<CredentialId, PasskeyRow>,
    /// From a user to when each of their passkeys was registered.
    pub(crate) passkeys_of: HashMap<Uuid, BTreeSet<(i64, CredentialId)>>,
    pub(crate) ceremonies: BTreeMap<ChallengeHash, Ceremony>,

    /// By user.
    pub(crate) policies: BTreeMap<Uuid, &'static str>,
    /// From who blocks and who is blocked to since when.
    pub(crate) blocks: BTreeMap<(Uuid, Uuid), i64>,

    pub(crate) rooms: BTreeMap<Uuid, RoomRow>,
    /// From a pair, the lower id first, to its direct room.
    pub(crate) direct: HashMap<(Uuid, Uuid), Uuid>,
    /// From a user to the cursors of their rooms, so that a page is found without looking at other rooms.
    pub(crate) memberships: HashMap<Uuid, BTreeSet<(i64, Uuid)>>,
    /// When each ephemeral room ends.
    pub(crate) ends: BTreeSet<(i64, Uuid)>,

    /// By caller and key.
    pub(crate) answers: BTreeMap<(Uuid, String), AnswerRow>,
    /// Kept for ever: a commit may be repeated at any time.
    pub(crate) commits: BTreeSet<Uuid>,
    pub(crate) inboxes: BTreeMap<Uuid, Inbox>,

    /// How far an import has come that was not finished.
    pub(crate) mark: Option<ImportMark>,
}

#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pub(crate) head: u64,
    pub(crate) forgotten: u64,
    /// The places after `forgotten` up to `head`.
    pub(crate) entries: BTreeMap<u64, EntryRow>,
}
