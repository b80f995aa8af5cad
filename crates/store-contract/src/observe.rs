//! Looking at everything that a store shows of some commits.

use std::collections::BTreeSet;

use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo};
use parlour_domain::{
    DirectPair, Fate, IdempotencyKey, IdempotencyRecord, InboxPage, ParticipantChange, Room, RoomCommit, RoomId, Seq,
    Timestamp, UserId,
};

use crate::{Harness, trail};

/// More than any law writes.
pub(crate) const ALL: u32 = 10_000;

const TRIES: usize = 16;

/// All that the ports show of the rooms, people and keys of some commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight {
    rooms: Vec<(RoomId, Option<Room>)>,
    direct: Vec<(DirectPair, Option<Room>)>,
    answers: Vec<(UserId, IdempotencyKey, Option<IdempotencyRecord>)>,
    lists: Vec<(UserId, Vec<Room>)>,
    inboxes: Vec<(UserId, InboxPage)>,
    heads: BTreeSet<(UserId, Seq)>,
    expired: Vec<Room>,
}

/// Looks at everything that `commits` would touch.
pub(crate) async fn look<H: Harness>(store: &H, commits: &[&RoomCommit]) -> Result<Sight, ReadError> {
    let (repo, inboxes) = (store.rooms(), store.inboxes());
    let mut sight = Sight {
        rooms: Vec::new(),
        direct: Vec::new(),
        answers: Vec::new(),
        lists: Vec::new(),
        inboxes: Vec::new(),
        heads: BTreeSet::new(),
        expired: repo.list_expired(crate::fixture::micros(crate::fixture::LAST_INSTANT), ALL).await?,
    };
    for commit in commits {
        let parts = commit.parts();
        sight.rooms.push((parts.room.id(), repo.find(parts.room.id()).await?));
        if let Some(pair) = parts.room.direct_pair() {
            sight.direct.push((pair, repo.find_direct(pair).await?));
        }
        if let Some(record) = &parts.idempotency {
            let answer = repo.find_answer(record.caller, &record.key).await?;
            sight.answers.push((record.caller, record.key.clone(), answer));
        }
    }
    let everyone: BTreeSet<UserId> = commits.iter().flat_map(|commit| concerned(commit)).collect();
    for &user in &everyone {
        sight.lists.push((user, repo.list_of(user, beginning(), None, ALL).await?));
        sight.inboxes.push((user, inboxes.read(user, Seq::ZERO, ALL).await?));
    }
    sight.heads = inboxes.heads(&everyone.into_iter().collect::<Vec<_>>()).await?.into_iter().collect();
    Ok(sight)
}

/// At this instant nothing has expired.
pub(crate) fn beginning() -> Timestamp {
    crate::fixture::micros(crate::fixture::FIRST_INSTANT)
}

/// Everyone who is in the room after a commit, or was before it; ascending, each once.
pub(crate) fn concerned(commit: &RoomCommit) -> Vec<UserId> {
    let changed = commit.parts().participants.iter().map(|change| match change {
        ParticipantChange::Added(participant) => participant.user_id,
        ParticipantChange::Removed(user) => *user,
    });
    let staying = commit.parts().room.participants().iter().map(|participant| participant.user_id);
    changed.chain(staying).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What of a commit a store shows: each part by name, and whether it is there.
pub(crate) type Traces = Vec<(String, bool)>;

/// Looks for every part of a commit.
pub(crate) async fn traces<H: Harness>(store: &H, commit: &RoomCommit) -> Result<Traces, ReadError> {
    let (repo, parts) = (store.rooms(), commit.parts());
    let is_done = |stored: Option<Room>| match parts.fate {
        Fate::Kept => stored.as_ref() == Some(&parts.room),
        Fate::Gone => stored.is_none(),
    };
    let mut traces = vec![("room".to_owned(), is_done(repo.find(parts.room.id()).await?))];
    if let Some(pair) = parts.room.direct_pair() {
        traces.push(("direct room of the pair".to_owned(), is_done(repo.find_direct(pair).await?)));
    }
    for user in concerned(commit) {
        let listed = repo.list_of(user, beginning(), None, ALL).await?;
        let listed = listed.into_iter().find(|room| room.id() == parts.room.id());
        let is_in = parts.room.participant(user).is_some();
        traces.push((format!("list of {user}"), if is_in { is_done(listed) } else { listed.is_none() }));
    }
    for outgoing in &parts.events {
        for &user in &outgoing.recipients {
            let entries = store.inboxes().read(user, Seq::ZERO, ALL).await?.entries;
            let is_told = entries.iter().any(|entry| entry.event.id == outgoing.event.id);
            traces.push((format!("inbox of {user}"), is_told));
        }
    }
    if let Some(record) = &parts.idempotency {
        let stored = repo.find_answer(record.caller, &record.key).await?;
        traces.push(("answer under the key".to_owned(), stored.as_ref() == Some(record)));
    }
    Ok(traces)
}

/// Commits, and repeats the same commit while the store asks for that, as the use cases do.
pub(crate) async fn settle(rooms: &dyn RoomRepo, commit: &RoomCommit) -> Result<Committed, CommitError> {
    for _ in 1..TRIES {
        match rooms.commit(commit.clone()).await {
            Err(CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) => tokio::task::yield_now().await,
            known => {
                trail::pass("a commit is answered");
                return known;
            }
        }
    }
    rooms.commit(commit.clone()).await
}

/// Commits what nothing stands against: a conflict can only be with writes that go on at the same time.
pub(crate) async fn persist(rooms: &dyn RoomRepo, commit: &RoomCommit) -> Result<Committed, CommitError> {
    for _ in 1..TRIES {
        match settle(rooms, commit).await {
            Err(CommitError::Conflict) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    settle(rooms, commit).await
}
