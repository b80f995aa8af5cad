//! The matrix has teeth: use cases that do one thing wrong, and the line with which it says so.

use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, Notice};
use parlour_domain::{
    Answer, CommitId, EventId, IdempotencyRecord, InboxEntry, Opening, Room, RoomCommit, RoomId, Seq,
};

use crate::engine::{Engine, Kind};
use crate::fault::Fault;
use crate::matrix::{Part, run_scenario};
use crate::scenario::creating::{group, keyed};
use crate::scenario::{Outcome, Repeats, Scenario};
use crate::world::{Node, World};

type Creation = for<'a> fn(&'a World, &'a Node) -> Pin<Box<dyn Future<Output = Result<(), CommitError>> + Send + 'a>>;

/// A creation of a group that does one thing wrong.
struct Sabotaged(Creation);

#[async_trait]
impl Scenario for Sabotaged {
    fn name(&self) -> String {
        "a group is created wrongly".to_owned()
    }

    fn drives(&self) -> &'static str {
        "Sabotaged"
    }

    fn repeats(&self) -> Repeats {
        Repeats::Afresh
    }

    async fn prepare(&self, _: &World) {}

    async fn request(&self, world: &World, node: &Node) -> Outcome {
        match (self.0)(world, node).await {
            Ok(()) => Outcome::Done("created".to_owned()),
            Err(CommitError::OutcomeUnknown(error)) => Outcome::Unknown(error.to_string()),
            Err(error) => Outcome::Unavailable(error.to_string()),
        }
    }

    async fn conflict(&self, _: &World, _: &Node) {}
}

/// What a use case of ours would commit.
fn open(world: &World, node: &Node) -> RoomCommit {
    let command = group(&world.alice, &[&world.bob]);
    let ids = &node.ports.ids;
    let opening = Opening {
        room_id: RoomId::from_uuid(ids.uuid()),
        event_id: EventId::from_uuid(ids.uuid()),
        commit_id: CommitId::from_uuid(ids.uuid()),
        now: node.ports.clock.now(),
    };
    Room::open(opening, command.creator, &command.plan, &world.people().map(Clone::clone), None).unwrap()
}

async fn tell(node: &Node, entries: Vec<InboxEntry>) {
    drop(node.ports.notifier.notify(entries.into_iter().map(Notice::Entry).collect()).await);
}

async fn commit_and_tell(node: &Node, commit: RoomCommit) -> Result<(), CommitError> {
    if let Committed::Applied(entries) = node.ports.rooms.commit(commit).await? {
        tell(node, entries).await;
    }
    Ok(())
}

async fn is_caught(creation: Creation, broken: &str) {
    let part = Part { kind: Kind::Memory, strikes: |_| true, faults: &Fault::ALL };
    let engine = Engine::start(part.kind).await;
    let report = run_scenario(part, &engine, &Sabotaged(creation)).await;
    let line = report.broken.iter().find(|line| line.contains(broken));
    println!("{}", line.unwrap_or_else(|| panic!("nothing says {broken:?} among {:#?}", report.broken)));
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_tells_before_it_commits() {
    let creation: Creation = |world, node| {
        Box::pin(async {
            let commit = open(world, node);
            let event = Arc::clone(&commit.parts().events[0].event);
            let entry = |recipient| InboxEntry { recipient, seq: Seq::new(1), event: Arc::clone(&event) };
            tell(node, commit.recipients().into_iter().map(entry).collect()).await;
            node.ports.rooms.commit(commit).await.map(drop)
        })
    };
    is_caught(creation, "a notice told what no inbox had").await;
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_tells_nobody() {
    let creation: Creation =
        |world, node| Box::pin(async { node.ports.rooms.commit(open(world, node)).await.map(drop) });
    is_caught(creation, "at once").await;
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_mints_a_new_commit_when_the_outcome_is_unknown() {
    let creation: Creation = |world, node| {
        Box::pin(async {
            match commit_and_tell(node, open(world, node)).await {
                Err(CommitError::OutcomeUnknown(_)) => commit_and_tell(node, open(world, node)).await,
                known => known,
            }
        })
    };
    is_caught(creation, "2 commits of one request were applied").await;
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_says_nothing_was_written_when_the_outcome_is_unknown() {
    let creation: Creation = |world, node| {
        Box::pin(async {
            match commit_and_tell(node, open(world, node)).await {
                Err(CommitError::OutcomeUnknown(error)) => Err(CommitError::Unavailable(error)),
                known => known,
            }
        })
    };
    is_caught(creation, "claims that nothing was written, but this was").await;
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_ignores_an_error() {
    let creation: Creation = |world, node| {
        Box::pin(async {
            drop(commit_and_tell(node, open(world, node)).await);
            Ok(())
        })
    };
    is_caught(creation, "the request was answered, but its write has no effect").await;
}

#[tokio::test]
async fn the_matrix_catches_a_use_case_that_remembers_the_answer_in_a_second_commit() {
    let creation: Creation = |world, node| {
        Box::pin(async {
            let claim = keyed(group(&world.alice, &[&world.bob]), 1).idempotency.unwrap();
            let commit = open(world, node);
            let room = commit.parts().room.clone();
            if node.ports.rooms.find_answer(world.alice.id, &claim.key).await.is_ok_and(|found| found.is_some()) {
                return Ok(());
            }
            commit_and_tell(node, commit).await?;
            let answer = Answer { created: true, room: room.snapshot(&[]) };
            let record = IdempotencyRecord::new(world.alice.id, claim, answer, node.ports.clock.now());
            commit_and_tell(node, room.answer_again(CommitId::from_uuid(node.ports.ids.uuid()), record)).await
        })
    };
    is_caught(creation, "2 commits of one request were applied").await;
}
