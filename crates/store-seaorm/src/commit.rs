//! Applying a commit: one transaction, which is whole or leaves nothing.

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod full;
#[cfg(feature = "sqlite")]
mod group;
mod inbox;
mod retry;
mod transact;

use async_trait::async_trait;
#[cfg(feature = "sqlite")]
pub(crate) use group::Group;
use parlour_domain::port::{CommitError, Committed, Source, WriteError};
use parlour_domain::{CommitParts, Expected, Fate, InboxEntry, OutgoingEvent, ParticipantChange, RoomCommit};
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) use retry::Patience;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Insert, IntoActiveModel, QueryFilter,
};
pub(crate) use transact::Work;

use crate::SqlStore;
use crate::classify::{Failure, is_duplicate, is_end_without_effect, is_lock_failure, is_undecodable};
use crate::connect::{Db, Transaction};
use crate::row::{answer, applied_commit, event, participant, room, signed};

/// Why a transaction was not committed.
#[derive(Debug)]
pub(crate) enum Stop {
    AlreadyApplied,
    Conflict,
    /// Others stood in the way; the same may be tried again.
    Locked,
    Corrupt(Source),
    Unavailable(DbErr),
    OutcomeUnknown(DbErr),
}

impl Stop {
    /// The same for work that no room is decided by.
    pub(crate) fn into_write_error(self) -> WriteError {
        match self {
            Self::AlreadyApplied | Self::Conflict => WriteError::Unavailable("a row of that key is there".into()),
            Self::Locked => WriteError::Unavailable("other transactions stood in the way".into()),
            Self::Corrupt(source) => WriteError::Unavailable(source),
            Self::Unavailable(error) => WriteError::Unavailable(error.into()),
            Self::OutcomeUnknown(error) => WriteError::OutcomeUnknown(error.into()),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine(error) if is_duplicate(&error) => Self::Conflict,
            Failure::Engine(error) if is_lock_failure(&error) => Self::Locked,
            Failure::Engine(error) if is_undecodable(&error) => Self::Corrupt(error.into()),
            Failure::Engine(error) => Self::Unavailable(error),
            Failure::Corrupt(row) => Self::Corrupt(row.into()),
        }
    }
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Failure::from(error).into()
    }
}

fn answer(outcome: Result<Vec<InboxEntry>, Stop>) -> Result<Committed, CommitError> {
    match outcome {
        Ok(entries) => Ok(Committed::Applied(entries)),
        Err(Stop::AlreadyApplied) => Ok(Committed::AlreadyApplied),
        Err(Stop::Conflict | Stop::Locked) => Err(CommitError::Conflict),
        Err(Stop::Corrupt(source)) => Err(CommitError::Corrupt(source)),
        Err(Stop::Unavailable(error)) => Err(CommitError::Unavailable(error.into())),
        Err(Stop::OutcomeUnknown(error)) => Err(CommitError::OutcomeUnknown(error.into())),
    }
}

impl SqlStore {
    pub(crate) async fn apply_commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        let write = Write::from(commit.into_parts());
        #[cfg(feature = "sqlite")]
        if let Some(group) = self.group() {
            return group.commit(write).await;
        }
        answer(self.writing().commit(&write).await)
    }
}

impl Db {
    /// One commit in a transaction of its own.
    async fn commit(&self, write: &Write) -> Result<Vec<InboxEntry>, Stop> {
        self.transact(write).await
    }
}

async fn finish(transaction: Transaction) -> Result<(), Stop> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(error) if is_lock_failure(&error) => Err(Stop::Locked),
        Err(error) if is_end_without_effect(&error) => Err(Stop::Unavailable(error)),
        Err(error) => Err(Stop::OutcomeUnknown(error)),
    }
}

/// Were the rollback to fail, the connection would be closed, which rolls back too.
async fn abandon(transaction: Transaction) {
    if let Err(error) = transaction.rollback().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "rollback failed");
    }
}

/// The rows of a commit: made once, however often it is tried.
#[derive(Debug)]
struct Write {
    id: Uuid,
    expected: Expected,
    fate: Fate,
    room: room::Model,
    added: Vec<participant::Model>,
    removed: Vec<Uuid>,
    outgoing: Vec<OutgoingEvent>,
    events: Vec<event::Model>,
    answer: Option<answer::Model>,
}

impl From<CommitParts> for Write {
    fn from(parts: CommitParts) -> Self {
        let CommitParts { id, room, expected, fate, participants, events, idempotency } = parts;
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for change in participants {
            match change {
                ParticipantChange::Added(participant) => added.push(participant::Model::of(&room, participant)),
                ParticipantChange::Removed(user) => removed.push(user.as_uuid()),
            }
        }
        Self {
            id: id.as_uuid(),
            expected,
            fate,
            room: room::Model::from(&room),
            added,
            removed,
            events: events.iter().filter(|outgoing| !outgoing.recipients.is_empty()).map(event::Model::from).collect(),
            outgoing: events,
            answer: idempotency.as_ref().map(answer::Model::from),
        }
    }
}

#[async_trait]
impl Work for Write {
    type Done = Vec<InboxEntry>;

    async fn apply(&self, transaction: &Transaction) -> Result<Self::Done, Stop> {
        self.write(transaction).await
    }
}

impl Write {
    /// Every commit touches the tables in this order, so that two of them wait for each other but never in a ring.
    async fn write(&self, transaction: &impl ConnectionTrait) -> Result<Vec<InboxEntry>, Stop> {
        self.remember_commit(transaction).await?;
        match self.fate {
            Fate::Kept => self.keep_room(transaction).await?,
            Fate::Gone => self.remove_room(transaction).await?,
        }
        self.remember_answer(transaction).await?;
        Ok(inbox::tell(transaction, &self.outgoing, &self.events).await?)
    }

    async fn remember_commit(&self, transaction: &impl ConnectionTrait) -> Result<(), Stop> {
        let row = applied_commit::Model { id: self.id };
        match Insert::one(row).exec_without_returning(transaction).await {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => Err(Stop::AlreadyApplied),
            Err(error) => Err(error.into()),
        }
    }

    async fn keep_room(&self, transaction: &impl ConnectionTrait) -> Result<(), Stop> {
        match self.expected {
            Expected::Absent => {
                // An id or a pair that is taken is a duplicate, and so a conflict.
                Insert::one(self.room.clone()).exec_without_returning(transaction).await?;
            }
            Expected::Revision(revision) => {
                let change = room::Entity::update_many()
                    .set(self.room.clone().into_active_model().reset_all())
                    .filter(room::Column::Id.eq(self.room.id))
                    .filter(room::Column::Revision.eq(signed(revision.get())));
                require_one(change.exec(transaction).await?.rows_affected)?;
                self.keep_participants(transaction).await?;
            }
        }
        Insert::many(self.added.clone()).exec_without_returning(transaction).await?;
        Ok(())
    }

    async fn keep_participants(&self, transaction: &impl ConnectionTrait) -> Result<(), Stop> {
        use participant::Column::{RoomId, RoomUpdatedAt, UserId};
        if !self.removed.is_empty() {
            let out = participant::Entity::delete_many()
                .filter(RoomId.eq(self.room.id))
                .filter(UserId.is_in(self.removed.iter().copied()));
            out.exec(transaction).await?;
        }
        let moved = participant::Entity::update_many()
            .col_expr(RoomUpdatedAt, Expr::value(self.room.updated_at))
            .filter(RoomId.eq(self.room.id))
            .filter(RoomUpdatedAt.ne(self.room.updated_at));
        moved.exec(transaction).await?;
        Ok(())
    }

    /// The participants go with their room: the schema says so.
    async fn remove_room(&self, transaction: &impl ConnectionTrait) -> Result<(), Stop> {
        let room = room::Entity::delete_many().filter(room::Column::Id.eq(self.room.id));
        match self.expected {
            Expected::Absent => {
                let found = room::Entity::find_by_id(self.room.id).one(transaction).await?;
                found.map_or(Ok(()), |_| Err(Stop::Conflict))
            }
            Expected::Revision(revision) => {
                let room = room.filter(room::Column::Revision.eq(signed(revision.get())));
                require_one(room.exec(transaction).await?.rows_affected)
            }
        }
    }

    async fn remember_answer(&self, transaction: &impl ConnectionTrait) -> Result<(), Stop> {
        let Some(answer) = &self.answer else { return Ok(()) };
        let expired = answer::Entity::delete_many()
            .filter(answer::Column::Caller.eq(answer.caller))
            .filter(answer::Column::RequestKey.eq(answer.request_key.as_str()))
            .filter(answer::Column::ExpiresAt.lte(answer.created_at));
        expired.exec(transaction).await?;
        Insert::one(answer.clone()).exec_without_returning(transaction).await?;
        Ok(())
    }
}

fn require_one(rows_affected: u64) -> Result<(), Stop> {
    if rows_affected == 1 { Ok(()) } else { Err(Stop::Conflict) }
}
