//! How a [`RoomCommit`] is applied: as one statement, which the engine applies whole or not at all.

mod heads;
mod plan;

use parlour_domain::port::{CommitError, Committed};
use parlour_domain::{CommitParts, Expected, Room, RoomCommit};
use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use surrealdb::types::{SurrealValue, Value};

pub(crate) use heads::{Heads, read_heads};
use plan::Plan;

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, ask, value, vars};
use crate::row::{RoomRow, Table, id};

/// A creation, and whatever else only inserts: that nothing of it exists is all it asks for.
const INSERT: &str = "{
    IF (SELECT VALUE n FROM ONLY epoch:inbox) != $epoch { THROW 'heads are stale' };
    INSERT $rows RETURN NONE;
}";
/// A change of a room, guarded by its revision, and whatever replaces an expired answer.
const CHANGE: &str = "{
    IF (SELECT VALUE n FROM ONLY epoch:inbox) != $epoch { THROW 'heads are stale' };
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
        let heads = std::sync::Arc::clone(&self.heads);
        let applying = self.engine.run(async move |db| apply(&db, &heads, &commit.into_parts()).await);
        applying.await?
    }
}

async fn apply(db: &Surreal<Db>, heads: &Heads, parts: &CommitParts) -> Result<Committed, CommitError> {
    let mut retry = Retry::default();
    let mut replaces_answer = false;
    loop {
        let before = match parts.expected {
            Expected::Absent => None,
            Expected::Revision(revision) => match stored(db, parts).await? {
                Stored { applied: true, .. } => return Ok(Committed::AlreadyApplied),
                Stored { rooms, .. } => match room_of(rooms)? {
                    Some(room) if room.revision() == revision => Some(room),
                    _ => return Err(CommitError::Conflict),
                },
            },
        };
        let mut plan = Plan::of(parts, before.as_ref());
        plan.replaces_answer = replaces_answer;
        let failure = match try_once(db, heads, &plan).await? {
            Ok(committed) => return Ok(committed),
            Err(failure) => failure,
        };
        match (failure.existing(), &failure) {
            (Some(Table::AppliedCommit), _) => return Ok(Committed::AlreadyApplied),
            (Some(Table::Answer), _) if !replaces_answer && has_expired(db, &plan).await? => replaces_answer = true,
            (Some(Table::Inbox), _) | (_, Failure::Conflict | Failure::StaleHeads) => {
                heads.forget(plan.recipients());
                if !retry.pause().await {
                    return Err(CommitError::Conflict);
                }
            }
            _ => return Err(failure.into()),
        }
    }
}

/// Runs the plan on the heads as far as they are known.
async fn try_once(db: &Surreal<Db>, heads: &Heads, plan: &Plan<'_>) -> Result<Result<Committed, Failure>, Unread> {
    let known = heads.of(db, plan.recipients()).await?;
    let (entries, rows) = plan.rows(&known);
    let epoch = ("epoch", known.epoch.into_value());
    let rows = ("rows", rows.into_value());
    let done = if plan.only_inserts() {
        ask(db, INSERT, vars([epoch, rows])).await
    } else {
        let [expired, now, room, document, revision, gone] = plan.change();
        ask(db, CHANGE, vars([epoch, rows, expired, now, room, document, revision, gone])).await
    };
    Ok(done.map(|_| {
        heads.learn(known.epoch, entries.iter().map(|entry| (entry.recipient, entry.seq)));
        Committed::Applied(entries)
    }))
}

async fn stored(db: &Surreal<Db>, parts: &CommitParts) -> Result<Stored, Unread> {
    let commit = id::commit(parts.id).into_value();
    let room = id::room(parts.room.id()).into_value();
    value(ask(db, STORED, vars([("commit", commit), ("room", room)])).await?)
}

fn room_of(mut rows: Vec<RoomRow>) -> Result<Option<Room>, Unread> {
    rows.pop().map(Room::try_from).transpose()
}

/// Whether the answer that stands in the way does not count any more.
async fn has_expired(db: &Surreal<Db>, plan: &Plan<'_>) -> Result<bool, Unread> {
    let Some((answer, now)) = plan.answer() else { return Ok(false) };
    let end: Value = value(ask(db, ANSWER_END, vars([("answer", answer.into_value())])).await?)?;
    Ok(match end {
        Value::None => true,
        end => i64::from_value(end).map_err(Unread::corrupt)? <= now.as_micros(),
    })
}
