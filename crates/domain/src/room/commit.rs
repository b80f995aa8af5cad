//! A write, whole: the one value that a store applies or does not.

use std::sync::Arc;

use super::{IdempotencyRecord, ParticipantChange, Revision, Room, RoomEvent};
use crate::{CommitId, UserId};

/// What the store must hold for a commit to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No room of that id, and for a direct room no direct room of that pair.
    Absent,
    /// The room of that id at exactly this revision.
    Revision(Revision),
}

/// What becomes of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is kept as the commit has it.
    Kept,
    /// It is removed with everything that belongs to it but the inbox entries and idempotency records.
    Gone,
}

/// An event with those who are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// What happened.
    pub event: Arc<RoomEvent>,
    /// Who gets an inbox entry: ascending, each once.
    pub recipients: Vec<UserId>,
}

/// Everything that one change of one room writes. Only [`Room`]'s own rules build it; a store applies all of it or
/// nothing, see [`RoomRepo::commit`](crate::port::RoomRepo::commit).
#[must_use = "a commit changes nothing until a store has applied it"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomCommit {
    parts: CommitParts,
}

/// The parts of a [`RoomCommit`], for a store to destructure **without `..`**: a part that is added here then breaks
/// the build of every store that would forget to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitParts {
    /// Applying the same id twice has one effect.
    pub id: CommitId,
    /// The room after the change; when it is gone, as it was last.
    pub room: Room,
    /// What the store must hold.
    pub expected: Expected,
    /// What becomes of the room.
    pub fate: Fate,
    /// Who comes in and who is out; for a room that is gone, everyone who was in it.
    pub participants: Vec<ParticipantChange>,
    /// What everyone concerned is told.
    pub events: Vec<OutgoingEvent>,
    /// The request that this change answers, if the client named it.
    pub idempotency: Option<IdempotencyRecord>,
}

impl RoomCommit {
    pub(super) const fn new(parts: CommitParts) -> Self {
        Self { parts }
    }

    /// The parts, to look at.
    #[must_use]
    pub const fn parts(&self) -> &CommitParts {
        &self.parts
    }

    /// The parts, to write.
    #[must_use]
    pub fn into_parts(self) -> CommitParts {
        self.parts
    }

    /// Everyone who is told of the change: ascending, each once.
    #[must_use]
    pub fn recipients(&self) -> Vec<UserId> {
        let mut all: Vec<UserId> = self.parts.events.iter().flat_map(|outgoing| outgoing.recipients.clone()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
