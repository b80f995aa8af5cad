//! What is in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::passkey::{CeremonyRow, PasskeyRow};
use crate::row::{AnswerRow, EventRow, MarkRow, RoomRow, SessionRow, UserRow};

/// One more with every change that an older program would misread.
pub(crate) const VERSION: u32 = 2;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) version: u32,
    pub(crate) users: BTreeMap<Uuid, UserRow>,
    pub(crate) sessions: BTreeMap<Uuid, SessionRow>,
    /// By credential id. The first version had none, nor what comes by default below.
    #[serde(default)]
    pub(crate) passkeys: BTreeMap<String, PasskeyRow>,
    /// By the hash of the challenge.
    #[serde(default)]
    pub(crate) ceremonies: BTreeMap<String, CeremonyRow>,
    /// By user.
    #[serde(default)]
    pub(crate) policies: BTreeMap<Uuid, String>,
    /// By who blocks, and then by who is blocked: since when.
    #[serde(default)]
    pub(crate) blocks: BTreeMap<Uuid, BTreeMap<Uuid, i64>>,
    pub(crate) rooms: BTreeMap<Uuid, RoomRow>,
    /// By caller, and then by key.
    pub(crate) answers: BTreeMap<Uuid, BTreeMap<String, AnswerRow>>,
    /// Kept for ever: a commit may be repeated at any time.
    pub(crate) commits: BTreeSet<Uuid>,
    pub(crate) inboxes: BTreeMap<Uuid, Inbox>,
    /// Those that an inbox has; each is kept once, however many were told of it.
    pub(crate) events: BTreeMap<Uuid, EventRow>,
    /// How far an import has come that was not finished.
    pub(crate) mark: Option<MarkRow>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Inbox {
    pub(crate) head: u64,
    pub(crate) forgotten: u64,
    /// From the places after `forgotten` up to `head` to their events.
    pub(crate) entries: BTreeMap<u64, Uuid>,
}

impl Document {
    pub(crate) const fn new() -> Self {
        Self {
            version: VERSION,
            users: BTreeMap::new(),
            sessions: BTreeMap::new(),
            passkeys: BTreeMap::new(),
            ceremonies: BTreeMap::new(),
            policies: BTreeMap::new(),
            blocks: BTreeMap::new(),
            rooms: BTreeMap::new(),
            answers: BTreeMap::new(),
            commits: BTreeSet::new(),
            inboxes: BTreeMap::new(),
            events: BTreeMap::new(),
            mark: None,
        }
    }
}
