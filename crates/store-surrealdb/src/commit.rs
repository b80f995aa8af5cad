//! How a [`RoomCommit`] is applied: as one statement, which the engine applies whole or not at all.

mod batch;
mod heads;
mod plan;
mod queue;

use parlour_domain::port::{CommitError, Committed};
use parlour_domain::{CommitParts, Expected, InboxEntry, Room, RoomCommit};
use surrealdb::types::{RecordId, SurrealValue};

pub(crate) use heads::{Heads, read_heads};
use plan::{Plan, rows};
pub(crate) use queue::Queue;

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, Session, ask, value, vars};
use crate::row::{RoomRow, Table, id};

/// Creations: that nothing of them exists is all they ask for.
const INSERT: &str = "INSERT (IF epoch:inbox.n = $epoch { $rows } ELSE { THROW 'heads are stale' }) RETURN NONE";
/// A change of a room, guarded by its revision, and whatever replaces an answer that has expired. What it inserts comes
/// first, so that a repeated commit is found out before the room stands in its way.
const CHANGE: &str = "{
    IF epoch:inbox.n != $epoch { THROW 'heads are stale' };
    DELETE $expired WHERE expires_at <= $now RETURN NONE;
    INSERT $rows RETURN NONE;
    IF $room != NONE {
        LET $changed = IF $document = NONE { DELETE $room WHERE revision = $revision RETURN BEFORE }
            ELSE { UPDATE $room CONTENT $document WHERE revision = $revision RETURN BEFORE };
        IF $changed = [] { THROW 'room is at another revision' };
    };
    DELETE $gone RETURN NONE;
}";
const STORED: &str = "RETURN { applied: record::exists($commit), rooms: (SELECT * FROM $room) }";
const ANSWER_END: &str = "SELECT VALUE expires_at FROM ONLY $answer";

#[derive(SurrealValue)]
struct Stored {
    applied: bool,
    rooms: Vec<RoomRow>,
}

impl SurrealStore {
    pub(crate) async fn apply(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        let parts = commit.into_parts();
        match parts.expected {
            Expected::Absent => self.queue.apply(&self.engine, &self.heads, Plan::of(parts, None)).await,
            Expected::Revision(_) => {
                let heads = std::sync::Arc::clone(&self.heads);
                self.engine.run(async move |session| change(&session, &heads, parts).await).await?
            }
        }
    }
}

/// Applies the change of a room that exists.
async fn change(session: &Session, heads: &Heads, parts: CommitParts) -> Result<Committed, CommitError> {
    let mut retry = Retry::default();
    loop {
        let Stored { applied, mut rooms } = stored(session, &parts).await?;
        if applied {
            return Ok(Committed::AlreadyApplied);
        }
        let before = rooms.pop().map(Room::try_from).transpose()?;
        let Some(before) = before.filter(|room| parts.expected == Expected::Revision(room.revision())) else {
            return Err(CommitError::Conflict);
        };
        if let Some(committed) = alone(session, heads, &Plan::of(parts.clone(), Some(&before)), &mut retry).await? {
            return Ok(committed);
        }
    }
}

/// Applies one plan by itself until that is settled.
async fn settle(session: &Session, heads: &Heads, plan: &Plan) -> Result<Committed, CommitError> {
    let mut retry = Retry::default();
    loop {
        if let Some(committed) = alone(session, heads, plan, &mut retry).await? {
            return Ok(committed);
        }
    }
}

/// Tries to apply one plan; `None` when another transaction was faster and it is worth another try.
async fn alone(
    session: &Session,
    heads: &Heads,
    plan: &Plan,
    retry: &mut Retry,
) -> Result<Option<Committed>, CommitError> {
    let mut expired = Vec::new();
    loop {
        let failure = match write(session, heads, &[plan], &expired).await? {
            Ok(mut entries) => return Ok(Some(Committed::Applied(entries.pop().unwrap_or_default()))),
            Err(failure) => failure,
        };
        match failure.existing() {
            Some(Table::AppliedCommit) => return Ok(Some(Committed::AlreadyApplied)),
            Some(Table::Answer) if expired.is_empty() => match expired_answer(session, plan).await? {
                Some(answer) => expired.push(answer),
                None => return Err(CommitError::Conflict),
            },
            _ if is_passing(&failure) && retry.pause().await => return Ok(None),
            _ => return Err(failure.into()),
        }
    }
}

/// Whether another try may succeed where this one lost against another transaction.
fn is_passing(failure: &Failure) -> bool {
    failure.existing() == Some(Table::Inbox) || matches!(failure, Failure::Conflict | Failure::StaleHeads)
}

/// Writes the plans in one statement, on the heads as far as they are known; answers the inbox entries of each.
async fn write(
    session: &Session,
    heads: &Heads,
    plans: &[&Plan],
    expired: &[RecordId],
) -> Result<Result<Vec<Vec<InboxEntry>>, Failure>, Unread> {
    let mut recipients: Vec<_> = plans.iter().flat_map(|plan| plan.recipients()).copied().collect();
    recipients.sort_unstable();
    recipients.dedup();
    let known = heads.of(session, &recipients).await?;
    let (connection, epoch) = (known.connection, known.epoch);
    let (rows, entries) = rows(plans, known);
    let mut vars = vars([("epoch", epoch.into_value()), ("rows", rows.into_value())]);
    let changed = plans.iter().find(|plan| plan.is_change());
    let text = if changed.is_none() && expired.is_empty() {
        INSERT
    } else {
        let now = plans.iter().find_map(|plan| plan.answer()).map(|(_, now)| now.as_micros());
        vars.insert("expired", expired.to_vec());
        vars.insert("now", now);
        for (name, value) in plans.iter().flat_map(|plan| plan.change()) {
            vars.insert(name, value);
        }
        CHANGE
    };
    Ok(match ask(session, text, vars).await {
        Ok(_) => {
            heads.learn(
                connection,
                epoch,
                entries.iter().flatten().map(|entry: &InboxEntry| (entry.recipient, entry.seq)),
            );
            Ok(entries)
        }
        Err(failure) => {
            if is_passing(&failure) {
                heads.forget(&recipients);
            }
            Err(failure)
        }
    })
}

async fn stored(session: &Session, parts: &CommitParts) -> Result<Stored, Unread> {
    let commit = id::commit(parts.id).into_value();
    let room = id::room(parts.room.id()).into_value();
    value(ask(session, STORED, vars([("commit", commit), ("room", room)])).await?)
}

/// The answer that stands in the plan's way, if it does not count any more.
async fn expired_answer(session: &Session, plan: &Plan) -> Result<Option<RecordId>, Unread> {
    let Some((answer, now)) = plan.answer() else { return Ok(None) };
    let end: Option<i64> = value(ask(session, ANSWER_END, vars([("answer", answer.clone().into_value())])).await?)?;
    Ok(end.is_none_or(|end| end <= now.as_micros()).then(|| answer.clone()))
}
