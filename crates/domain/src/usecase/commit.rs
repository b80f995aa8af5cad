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
    for _ in 1..TRIES_OF_ONE_COMMIT {
        match rooms.commit(commit.clone()).await {
            Err(CommitError::OutcomeUnknown(source)) => {
                tracing::warn!(error = &*source as &dyn std::error::Error, "outcome of a commit is unknown; repeating");
            }
            known => return known,
        }
    }
    rooms.commit(commit).await
}

fn notices(committed: Committed, recipients: Vec<UserId>) -> Vec<Notice> {
    match committed {
        Committed::Applied(entries) => entries.into_iter().map(Notice::Entry).collect(),
        Committed::AlreadyApplied => recipients.into_iter().map(Notice::Wake).collect(),
    }
}
