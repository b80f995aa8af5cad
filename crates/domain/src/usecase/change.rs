//! What every use case that changes a group does: load, decide, commit, notify; and all of it again when others were
//! faster.

use std::sync::Arc;

use futures_util::future::join;

use super::commit::{DECISIONS, commit_and_notify, failed_by_a_store};
use super::consent::refusing;
use crate::port::{Clock, CommitError, ContactRepo, IdSource, Notifier, ReadError, RoomRepo, Source, UserRepo};
use crate::{Change, ChangeRefused, CommitId, EventId, Member, Room, RoomCommit, RoomId, Stance, User, UserId};

/// Applies the changes of groups; what [`AddParticipant`](super::AddParticipant) and its like are made of.
#[derive(Clone)]
pub struct RoomChanger {
    users: Arc<dyn UserRepo>,
    contacts: Arc<dyn ContactRepo>,
    rooms: Arc<dyn RoomRepo>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

/// Why a room was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRoomError {
    /// The rule says no.
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
    /// Others kept changing the room; nothing was written and the same request may be made again.
    #[error("gave up after conflicts")]
    Contended,
    /// A store does not answer; nothing was written and the same request may be made again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// The room may or may not be changed.
    #[error("outcome of the change is unknown")]
    OutcomeUnknown(#[source] Source),
    /// What is stored no longer parses; nothing was written.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

/// The room after a change, with the users who were concerned.
pub(super) struct Changed {
    pub(super) room: Room,
    pub(super) users: Vec<User>,
    /// Whether anything was different before.
    pub(super) is_written: bool,
}

impl Changed {
    pub(super) fn member(&self, user: UserId) -> Result<Member, ChangeRefused> {
        let mut members = self.room.snapshot(&self.users).members.into_iter();
        members.find(|member| member.user_id == user).ok_or(ChangeRefused::ParticipantNotFound(user))
    }
}

impl RoomChanger {
    /// Wires it.
    #[must_use]
    pub fn new(
        users: Arc<dyn UserRepo>,
        contacts: Arc<dyn ContactRepo>,
        rooms: Arc<dyn RoomRepo>,
        notifier: Arc<dyn Notifier>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { users, contacts, rooms, notifier, clock, ids }
    }

    /// Changes the room `id` as `decide` says, who is given the users in it and the `newcomer`, as far as they exist; a
    /// newcomer has to accept a room from `by`.
    pub(super) async fn apply(
        &self,
        by: UserId,
        id: RoomId,
        newcomer: Option<UserId>,
        decide: impl Fn(&Room, Change, &[User]) -> Result<Option<RoomCommit>, ChangeRefused>,
    ) -> Result<Changed, ChangeRoomError> {
        for _ in 0..DECISIONS {
            let room = self.rooms.find(id).await?.ok_or(ChangeRefused::RoomNotFound)?;
            let change = self.mint();
            if !room.is_visible_to(by, change.now) {
                return Err(ChangeRefused::RoomNotFound.into());
            }
            let concerned = room.participants().iter().map(|participant| participant.user_id).chain(newcomer);
            let concerned: Vec<UserId> = concerned.collect();
            let (users, stances) = join(self.users.find_many(&concerned), self.stances(newcomer, by)).await;
            let users = users?;
            let Some(commit) = decide(&room, change, &users)? else {
                return Ok(Changed { room, users, is_written: false });
            };
            let refusing = refusing(&*self.rooms, by, newcomer.as_slice(), &stances?, change.now).await?;
            if let Some(user) = refusing.first() {
                return Err(ChangeRefused::NotAccepted(*user).into());
            }
            let room = commit.parts().room.clone();
            match commit_and_notify(&*self.rooms, &*self.notifier, commit).await {
                Ok(()) => return Ok(Changed { room, users, is_written: true }),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChangeRoomError::Contended)
    }

    async fn stances(&self, newcomer: Option<UserId>, towards: UserId) -> Result<Vec<Stance>, ReadError> {
        match newcomer {
            Some(newcomer) => self.contacts.stances(&[newcomer], towards).await,
            None => Ok(Vec::new()),
        }
    }

    fn mint(&self) -> Change {
        Change {
            event_ids: [self.ids.uuid(), self.ids.uuid()].map(EventId::from_uuid),
            commit_id: CommitId::from_uuid(self.ids.uuid()),
            now: self.clock.now(),
        }
    }
}

failed_by_a_store!(ChangeRoomError);

#[cfg(test)]
pub(super) mod tests;
