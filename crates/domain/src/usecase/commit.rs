//! What every use case that changes a room does last: commit, then tell.

use crate::port::{CommitError, Committed, Notice, Notifier, RoomRepo};
use crate::{RoomCommit, UserId};

/// How often a use case decides before it gives up on a room that keeps changing.
pub(super) const DECISIONS: usize = 16;

const TRIES_OF_ONE_COMMIT: usize = 3;

/// Commits, and passes the notices on once that is durable. A notifier that fails costs latency, never the commit.
pub(super) async fn commit_and_notify(
    rooms: &dyn RoomRepo,
    notifier: &dyn Notifier,
    commit: RoomCommit,
) -> Result<(), CommitError> {
    let recipients = commit.recipients();
    let notices = notices(commit_knowing_the_outcome(rooms, commit).await?, recipients);
    if notices.is_empty() {
        return Ok(());
    }
    if let Err(error) = notifier.notify(notices).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "notices may be lost; the inboxes have the events");
    }
    Ok(())
}

/// Repeats the same commit while its outcome is unknown: its id makes that harmless.
async fn commit_knowing_the_outcome(rooms: &dyn RoomRepo, commit: RoomCommit) -> Result<Committed, CommitError> {
    let mut unknown = match rooms.commit(commit.clone()).await {
        Err(CommitError::OutcomeUnknown(source)) => source,
        known => return known,
    };
    for _ in 1..TRIES_OF_ONE_COMMIT {
        tracing::warn!(error = &*unknown as &dyn std::error::Error, "outcome of a commit is unknown; repeating");
        unknown = match rooms.commit(commit.clone()).await {
            // That a repetition was not applied says nothing of the try before it.
            Err(CommitError::OutcomeUnknown(source) | CommitError::Unavailable(source)) => source,
            known => return known,
        };
    }
    Err(CommitError::OutcomeUnknown(unknown))
}

/// What a use case that changes a room answers when a store fails it: its error has a variant for each of these.
macro_rules! failed_by_a_store {
    ($error:ty) => {
        impl From<$crate::port::ReadError> for $error {
            fn from(error: $crate::port::ReadError) -> Self {
                match error {
                    $crate::port::ReadError::Unavailable(source) => Self::Unavailable(source),
                    $crate::port::ReadError::Corrupt(source) => Self::Corrupt(source),
                }
            }
        }

        impl From<$crate::port::CommitError> for $error {
            fn from(error: $crate::port::CommitError) -> Self {
                match error {
                    $crate::port::CommitError::Conflict => Self::Contended,
                    $crate::port::CommitError::Unavailable(source) => Self::Unavailable(source),
                    $crate::port::CommitError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
                    $crate::port::CommitError::Corrupt(source) => Self::Corrupt(source),
                }
            }
        }
    };
}

pub(super) use failed_by_a_store;

fn notices(committed: Committed, recipients: Vec<UserId>) -> Vec<Notice> {
    match committed {
        Committed::Applied(entries) => entries.into_iter().map(Notice::Entry).collect(),
        Committed::AlreadyApplied => recipients.into_iter().map(Notice::Wake).collect(),
    }
}
