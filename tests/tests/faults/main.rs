//! Faults at every call of every use case.
//!
//! Each [`Scenario`](scenario::Scenario) is run once to record which ports its use case calls. Then each of these
//! calls is struck by each [`Fault`](fault::Fault) in a small world of its own, everybody recovers, and all that has to
//! hold is checked: a room is whole or absent, a pair has one direct room, inboxes are dense and have each event once,
//! what is told is true, and the same write repeated has one effect. A line of a failure reads
//! `ENGINE: SCENARIO: CALL FAULT, RECOVERY: WHAT BROKE`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic, and prints how much it did"
)]

mod authenticator;
mod call;
mod cell;
mod claim;
mod coverage;
mod engine;
mod failure;
mod fault;
mod invariant;
mod matrix;
mod provider;
mod repeat;
mod sabotage;
mod scenario;
mod sight;
mod sockets;
mod tap;
mod tapped;
mod world;

use engine::Kind;
use fault::{Fault, Meanwhile, Recovery};
use matrix::Part;

async fn nothing_breaks_in(part: Part) {
    let report = matrix::run(part, scenario::all()).await;
    println!("{:?}: {} calls, {} cells", part.kind, report.calls, report.cells);
    assert!(report.broken.is_empty(), "{} broken:\n{}", report.broken.len(), report.broken.join("\n"));
    assert_eq!(report.cells, report.calls * part.faults.len() * Recovery::ALL.len(), "cells for so many calls");
    assert!(report.calls > 0, "calls are recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_fault_at_every_call_all_is_well_again() {
    nothing_breaks_in(Part { kind: Kind::Memory, strikes: |_| true, faults: &Fault::ALL }).await;
}

/// What an engine that works beside us has a say in; all else is decided before or after its work, and memory tells it
/// all the same.
const OF_ENGINES: [Fault; 3] =
    [Fault::FailsAfter, Fault::DelayedBefore(Meanwhile::AConflictingChange), Fault::DroppedWhile];

#[tokio::test(flavor = "multi_thread")]
async fn after_a_fault_within_a_write_of_sqlite_all_is_well_again() {
    nothing_breaks_in(Part { kind: Kind::Sqlite, strikes: |call| call.is_write, faults: &OF_ENGINES }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_fault_within_a_write_of_surrealdb_all_is_well_again() {
    nothing_breaks_in(Part { kind: Kind::SurrealDb, strikes: |call| call.is_write, faults: &OF_ENGINES }).await;
}
