//! The rule of a creation: who may open which room, and what that writes.

use std::collections::HashMap;
use std::sync::Arc;

use super::plan::PlannedKind;
use super::{
    Answer, CommitParts, Expected, Fate, IdempotencyClaim, IdempotencyRecord, OutgoingEvent, Participant,
    ParticipantChange, Revision, Role, Room, RoomCommit, RoomEvent, RoomEventKind, RoomKind, RoomPlan, RoomSnapshot,
};
use crate::{CommitId, EventId, RoomId, Timestamp, User, UserId};

/// Why a room is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// The creator does not exist or is not active.
    #[error("creator not found: {0}")]
    CreatorNotFound(UserId),
    /// These invited users do not exist or are not active; in the order in which they were invited.
    #[error("participant not found: {}", join(.0))]
    ParticipantsNotFound(Vec<UserId>),
}

fn join(ids: &[UserId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The ids and the instant of one creation, minted by the use case.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// The new room's.
    pub room_id: RoomId,
    /// That of the event that tells of it.
    pub event_id: EventId,
    /// That of the write.
    pub commit_id: CommitId,
    /// When it happens.
    pub now: Timestamp,
}

impl Room {
    /// Decides whether `creator` may open the room that `plan` describes, and what that writes: the room, the creator
    /// as owner and the invited as members, one event to each of them, and the answer under the client's key.
    ///
    /// `users` are those of the creator and the invited that the user store holds.
    ///
    /// # Errors
    /// [`OpenRefused`] when somebody is missing or inactive.
    pub fn open(
        opening: Opening,
        creator: UserId,
        plan: &RoomPlan,
        users: &[User],
        claim: Option<IdempotencyClaim>,
    ) -> Result<RoomCommit, OpenRefused> {
        check_present(creator, plan, users)?;
        let Opening { room_id, event_id, commit_id, now } = opening;
        let room = Self {
            id: room_id,
            kind: match plan.kind() {
                PlannedKind::Direct => RoomKind::Direct,
                PlannedKind::Group => RoomKind::Group,
                PlannedKind::Ephemeral(ttl) => RoomKind::Ephemeral { expires_at: now.after(ttl.as_duration()) },
            },
            name: plan.name().cloned(),
            participants: seat(creator, plan, now),
            created_by: creator,
            created_at: now,
            updated_at: now,
            revision: Revision::FIRST,
        };
        let snapshot = room.snapshot(users);
        let event = RoomEvent { id: event_id, room_id, at: now, kind: RoomEventKind::Created(snapshot.clone()) };
        let recipients = room.participants.iter().map(|participant| participant.user_id).collect();
        let answer = Answer { created: true, room: snapshot };
        Ok(RoomCommit::new(CommitParts {
            id: commit_id,
            expected: Expected::Absent,
            fate: Fate::Kept,
            participants: room.participants.iter().copied().map(ParticipantChange::Added).collect(),
            events: vec![OutgoingEvent { event: Arc::new(event), recipients }],
            idempotency: claim.map(|claim| IdempotencyRecord::new(creator, claim, answer, now)),
            room,
        }))
    }

    /// What answering a request for a room that exists writes: only the answer under the client's key, guarded by the
    /// room's revision so that the room is still there when the answer is remembered. That changes nothing of the room, so
    /// its revision stays (of one revision there is one state), and answers under several keys are not in each other's way.
    pub fn answer_again(&self, id: CommitId, record: IdempotencyRecord) -> RoomCommit {
        RoomCommit::new(CommitParts {
            id,
            room: self.clone(),
            expected: Expected::Revision(self.revision),
            fate: Fate::Kept,
            participants: Vec::new(),
            events: Vec::new(),
            idempotency: Some(record),
        })
    }

    /// The room with the names of its participants.
    #[must_use]
    pub fn snapshot(&self, users: &[User]) -> RoomSnapshot {
        let by_id: HashMap<UserId, &User> = users.iter().map(|user| (user.id, user)).collect();
        RoomSnapshot::of(self, &by_id)
    }
}

/// Also asked before the direct room that exists is answered: a room is no way around a missing user.
pub(crate) fn check_present(creator: UserId, plan: &RoomPlan, users: &[User]) -> Result<(), OpenRefused> {
    let is_present = |id: &UserId| users.iter().any(|user| user.id == *id && user.is_active);
    if !is_present(&creator) {
        return Err(OpenRefused::CreatorNotFound(creator));
    }
    let missing: Vec<UserId> = plan.invitees().ids().iter().copied().filter(|id| !is_present(id)).collect();
    if missing.is_empty() { Ok(()) } else { Err(OpenRefused::ParticipantsNotFound(missing)) }
}

fn seat(creator: UserId, plan: &RoomPlan, now: Timestamp) -> Vec<Participant> {
    let owner = Participant { user_id: creator, role: Role::Owner, joined_at: now };
    let member = |&user_id: &UserId| Participant { user_id, role: Role::Member, joined_at: now };
    let mut everyone: Vec<Participant> = plan.invitees().ids().iter().map(member).chain([owner]).collect();
    everyone.sort_unstable_by_key(|participant| participant.user_id);
    everyone
}

#[cfg(test)]
#[path = "open_tests.rs"]
pub(crate) mod tests;
