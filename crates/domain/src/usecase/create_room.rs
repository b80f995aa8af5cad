//! Creating a room: load the users, decide, commit, notify, answer.

use std::sync::Arc;

use futures_util::future::join3;

use super::commit::{DECISIONS, commit_and_notify, failed_by_a_store};
use super::consent::refusing;
use super::in_progress::{Claim, InProgress};
use crate::port::{Clock, CommitError, ContactRepo, IdSource, Notifier, ReadError, RoomRepo, Source, UserRepo};
use crate::room::{IdempotencyClaim, OpenRefused, check_present};
use crate::{
    Answer, CommitId, DirectPair, EventId, IdempotencyRecord, Opening, Room, RoomCommit, RoomId, RoomPlan, RoomView,
    Timestamp, User, UserId,
};

/// Opens a room for its creator and the people they invite.
pub struct CreateRoom {
    users: Arc<dyn UserRepo>,
    contacts: Arc<dyn ContactRepo>,
    rooms: Arc<dyn RoomRepo>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    in_progress: InProgress,
}

/// Who wants which room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRoomCommand {
    /// The caller; becomes the room's owner.
    pub creator: UserId,
    /// The room.
    pub plan: RoomPlan,
    /// The client's name for this request, if it gave one.
    pub idempotency: Option<IdempotencyClaim>,
}

/// The answer to a creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOpened {
    /// The room, seen from its creator.
    pub view: RoomView,
    /// Whether it was created by this request (or by the one that this one repeats).
    pub created: bool,
    /// Whether this is the answer to an earlier request under the same key.
    pub replayed: bool,
}

/// Why no room was opened.
#[derive(Debug, thiserror::Error)]
pub enum CreateRoomError {
    /// The creator does not exist or is not active.
    #[error("creator not found: {0}")]
    CreatorNotFound(UserId),
    /// These invited users do not exist or are not active; in the order in which they were invited.
    #[error("participants not found: {0:?}")]
    ParticipantsNotFound(Vec<UserId>),
    /// These invited users do not accept rooms from the creator; in the order in which they were invited.
    #[error("participants do not accept rooms from the creator: {0:?}")]
    NotAccepted(Vec<UserId>),
    /// The key names another request of the same caller.
    #[error("idempotency key was used for another request")]
    KeyReused,
    /// The request that the key names is being worked on.
    #[error("request with this idempotency key is in progress")]
    InProgress,
    /// Others kept changing what was decided on; nothing was written and the same request may be made again.
    #[error("gave up after conflicts")]
    Contended,
    /// A store does not answer; nothing was written and the same request may be made again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// The room may or may not exist.
    #[error("outcome of the creation is unknown")]
    OutcomeUnknown(#[source] Source),
    /// What is stored no longer parses; nothing was written.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

impl CreateRoom {
    /// Wires the use case.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        contacts: Arc<dyn ContactRepo>,
        rooms: Arc<dyn RoomRepo>,
        notifier: Arc<dyn Notifier>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, contacts, rooms, notifier, clock, ids, in_progress: InProgress::default() }
    }

    /// Opens the room that `command` asks for; for a direct room that exists, answers that one and notifies no one.
    ///
    /// # Errors
    /// [`CreateRoomError`] says why there is none; unless it says `OutcomeUnknown`, nothing was written.
    pub async fn execute(&self, command: CreateRoomCommand) -> Result<RoomOpened, CreateRoomError> {
        let _claim = self.claim(&command)?;
        for _ in 0..DECISIONS {
            if let Some(opened) = self.replay(&command).await? {
                return Ok(opened);
            }
            match self.decide_and_commit(&command).await {
                Err(CreateRoomError::Contended) => {}
                done => return done,
            }
        }
        Err(CreateRoomError::Contended)
    }

    fn claim(&self, command: &CreateRoomCommand) -> Result<Option<Claim>, CreateRoomError> {
        let Some(claim) = &command.idempotency else { return Ok(None) };
        let claimed = self.in_progress.claim(command.creator, &claim.key);
        claimed.map(Some).ok_or(CreateRoomError::InProgress)
    }

    /// The answer that the same request got before.
    async fn replay(&self, command: &CreateRoomCommand) -> Result<Option<RoomOpened>, CreateRoomError> {
        let Some(claim) = &command.idempotency else { return Ok(None) };
        let Some(record) = self.rooms.find_answer(command.creator, &claim.key).await? else { return Ok(None) };
        if record.expires_at <= self.clock.now() {
            return Ok(None);
        }
        if record.fingerprint != claim.fingerprint {
            return Err(CreateRoomError::KeyReused);
        }
        let Answer { created, room } = record.answer;
        Ok(Some(RoomOpened { view: RoomView::all_read(room, command.creator), created, replayed: true }))
    }

    async fn decide_and_commit(&self, command: &CreateRoomCommand) -> Result<RoomOpened, CreateRoomError> {
        let everyone = everyone(command);
        let invited = command.plan.invitees().ids();
        // None of the three has to wait for another.
        let (users, stances, existing) = join3(
            self.users.find_many(&everyone),
            self.contacts.stances(invited, command.creator),
            self.existing_direct_room(command),
        )
        .await;
        let users = &users?;
        check_present(command.creator, &command.plan, users)?;
        if let Some(existing) = existing? {
            return self.answer_existing(command, users, &existing).await;
        }
        let opening = self.mint();
        let refusing = refusing(&*self.rooms, command.creator, invited, &stances?, opening.now).await?;
        if !refusing.is_empty() {
            return Err(CreateRoomError::NotAccepted(refusing));
        }
        let commit = Room::open(opening, command.creator, &command.plan, users, command.idempotency.clone())?;
        let view = RoomView::all_read(commit.parts().room.snapshot(users), command.creator);
        self.commit(commit).await?;
        tracing::info!(
            room_id = %view.room.room_id,
            room_kind = view.room.kind.as_str(),
            creator_id = %command.creator,
            participant_ids = ?command.plan.invitees().ids().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "room created"
        );
        Ok(RoomOpened { view, created: true, replayed: false })
    }

    async fn existing_direct_room(&self, command: &CreateRoomCommand) -> Result<Option<Room>, ReadError> {
        match command.plan.direct_peer() {
            Some(peer) => self.rooms.find_direct(DirectPair::new(command.creator, peer)).await,
            None => Ok(None),
        }
    }

    async fn answer_existing(
        &self,
        command: &CreateRoomCommand,
        users: &[User],
        room: &Room,
    ) -> Result<RoomOpened, CreateRoomError> {
        let snapshot = room.snapshot(users);
        if let Some(claim) = command.idempotency.clone() {
            let answer = Answer { created: false, room: snapshot.clone() };
            let record = IdempotencyRecord::new(command.creator, claim, answer, self.clock.now());
            self.commit(room.answer_again(CommitId::from_uuid(self.ids.uuid()), record)).await?;
        }
        Ok(RoomOpened { view: RoomView::all_read(snapshot, command.creator), created: false, replayed: false })
    }

    async fn commit(&self, commit: RoomCommit) -> Result<(), CommitError> {
        commit_and_notify(&*self.rooms, &*self.notifier, commit).await
    }

    fn mint(&self) -> Opening {
        let now: Timestamp = self.clock.now();
        Opening {
            room_id: RoomId::from_uuid(self.ids.uuid()),
            event_id: EventId::from_uuid(self.ids.uuid()),
            commit_id: CommitId::from_uuid(self.ids.uuid()),
            now,
        }
    }
}

fn everyone(command: &CreateRoomCommand) -> Vec<UserId> {
    [command.creator].into_iter().chain(command.plan.invitees().ids().iter().copied()).collect()
}

impl From<OpenRefused> for CreateRoomError {
    fn from(refused: OpenRefused) -> Self {
        match refused {
            OpenRefused::CreatorNotFound(id) => Self::CreatorNotFound(id),
            OpenRefused::ParticipantsNotFound(ids) => Self::ParticipantsNotFound(ids),
        }
    }
}

failed_by_a_store!(CreateRoomError);

#[cfg(test)]
mod tests;
