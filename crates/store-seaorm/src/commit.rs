//! Applying a commit: one transaction, which is whole or leaves nothing.

mod inbox;
mod retry;

use parlour_domain::port::{CommitError, Committed};
use parlour_domain::{CommitParts, Expected, Fate, InboxEntry, OutgoingEvent, ParticipantChange, RoomCommit};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Insert, IntoActiveModel, QueryFilter,
};

use crate::SqlStore;
use crate::classify::{Failure, is_duplicate, is_lock_failure};
use crate::row::{answer, applied_commit, event, participant, room, signed};

/// Why a transaction was not committed.
enum Stop {
    AlreadyApplied,
    Conflict,
    /// Others stood in the way; the same may be tried again.
    Locked,
    Failed(CommitError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Engine(error) if is_lock_failure(&error) => Self::Locked,
            failure => Self::Failed(failure.into()),
        }
    }
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Failure::from(error).into()
    }
}

impl SqlStore {
    pub(crate) async fn apply_commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        let write = Write::from(commit.into_parts());
        for attempt in 0..retry::ATTEMPTS {
            match self.try_commit(&write).await {
                Ok(entries) => return Ok(Committed::Applied(entries)),
                Err(Stop::AlreadyApplied) => return Ok(Committed::AlreadyApplied),
                Err(Stop::Conflict) => return Err(CommitError::Conflict),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Locked) => retry::back_off(attempt).await,
            }
        }
        Err(CommitError::Conflict)
    }

    async fn try_commit(&self, write: &Write) -> Result<Vec<InboxEntry>, Stop> {
        let transaction = self.begin().await?;
        let entries = match write.apply(&transaction).await {
            Ok(entries) => entries,
            Err(stop) => {
                // Were it to fail, the connection would be closed, which rolls back too.
                if let Err(error) = transaction.rollback().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "rollback failed");
                }
                return Err(stop);
            }
        };
        match transaction.commit().await {
            Ok(()) => Ok(entries),
            Err(error) if is_lock_failure(&error) => Err(Stop::Locked),
            Err(error) => Err(Stop::Failed(CommitError::OutcomeUnknown(error.into()))),
        }
    }
}

/// The rows of a commit: made once, however often it is tried.
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

impl Write {
    /// Every commit touches the tables in this order, so that two of them wait for each other but never in a ring.
    async fn apply(&self, transaction: &DatabaseTransaction) -> Result<Vec<InboxEntry>, Stop> {
        self.remember_commit(transaction).await?;
        match self.fate {
            Fate::Kept => self.keep_room(transaction).await?,
            Fate::Gone => self.remove_room(transaction).await?,
        }
        self.remember_answer(transaction).await?;
        Ok(inbox::tell(transaction, &self.outgoing, &self.events).await?)
    }

    async fn remember_commit(&self, transaction: &DatabaseTransaction) -> Result<(), Stop> {
        let row = applied_commit::Model { id: self.id };
        match Insert::one(row).exec_without_returning(transaction).await {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => Err(Stop::AlreadyApplied),
            Err(error) => Err(error.into()),
        }
    }

    async fn keep_room(&self, transaction: &DatabaseTransaction) -> Result<(), Stop> {
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

    async fn keep_participants(&self, transaction: &DatabaseTransaction) -> Result<(), Stop> {
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
    async fn remove_room(&self, transaction: &DatabaseTransaction) -> Result<(), Stop> {
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

    async fn remember_answer(&self, transaction: &DatabaseTransaction) -> Result<(), Stop> {
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
