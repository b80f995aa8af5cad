//! Every call of every scenario, each with every fault and every way back.

use tokio::task::JoinSet;

use crate::call::Call;
use crate::cell::{Cell, check, sweep};
use crate::claim::{Beside, honours, is_answered_at_last};
use crate::engine::{Engine, Kind};
use crate::fault::{Fault, Recovery};
use crate::scenario::{Outcome, Scenario};
use crate::world::World;

/// How many scenarios are at work at once.
const AT_ONCE: usize = 4;

/// What came of the matrix, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) calls: usize,
    pub(crate) cells: usize,
    /// One line for each cell that broke.
    pub(crate) broken: Vec<String>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.cells += other.cells;
        self.broken.extend(other.broken);
    }
}

/// The calls of a scenario in which nothing fails, and that all is well in it.
pub(crate) async fn record(engine: &Engine, scenario: &dyn Scenario) -> Result<Vec<Call>, String> {
    let world = World::on(engine).await;
    scenario.prepare(&world).await;
    let node = world.node();
    let first = scenario.request(&world, &node).await;
    let calls = node.tap.calls();
    let name = scenario.name();
    if !matches!(first, Outcome::Done(_)) {
        return Err(format!("{name}: without a fault it is answered with {first:?}"));
    }
    let well = async {
        let sight = check(&world).await?;
        let beside = Beside { is_alone: true, is_heard: true };
        honours((scenario, beside), &world, Some(&first), &node.tap.writes(), &sight)?;
        let mut told = vec![first];
        for _ in 0..2 {
            told.push(scenario.request(&world, &node).await);
        }
        is_answered_at_last(scenario.repeats(), &told, false)?;
        scenario.aftermath(&world).await?;
        sweep(&world).await
    };
    well.await.map_err(|broken| format!("{name}: without a fault: {broken}"))?;
    Ok(calls)
}

/// A part of the matrix: which calls on which store, and what happens to them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) strikes: fn(&Call) -> bool,
    pub(crate) faults: &'static [Fault],
}

/// Runs the cells of a scenario. Its calls are recorded in memory: they are the same everywhere.
pub(crate) async fn run_scenario(part: Part, engine: &Engine, scenario: &dyn Scenario) -> Report {
    let mut calls = match record(&Engine::start(Kind::Memory).await, scenario).await {
        Ok(calls) => calls,
        Err(broken) => return Report { broken: vec![broken], ..Report::default() },
    };
    calls.retain(part.strikes);
    let mut report = Report { calls: calls.len(), ..Report::default() };
    for call in calls {
        for &fault in part.faults {
            for recovery in Recovery::ALL {
                let cell = Cell { engine, scenario, call, fault, recovery };
                report.cells += 1;
                report.broken.extend(cell.run().await.err());
            }
        }
    }
    report
}

/// Runs the matrix of these scenarios, a few of them at the same time. A store carries one after the other, as long as none
/// breaks: an engine may take longer to open it than most scenarios to run.
pub(crate) async fn run(part: Part, scenarios: Vec<Box<dyn Scenario>>) -> Report {
    let mut hands: [Vec<Box<dyn Scenario>>; AT_ONCE] = Default::default();
    for (n, scenario) in scenarios.into_iter().enumerate() {
        hands[n % AT_ONCE].push(scenario);
    }
    let mut running = JoinSet::new();
    for hand in hands {
        running.spawn(async move {
            let mut engine = Engine::start(part.kind).await;
            let mut report = Report::default();
            for scenario in hand {
                let one = run_scenario(part, &engine, &*scenario).await;
                if engine.searches_all_it_has() || !one.broken.is_empty() {
                    engine = Engine::start(part.kind).await;
                }
                report.add(one);
            }
            report
        });
    }
    let mut report = Report::default();
    while let Some(part) = running.join_next().await {
        report.add(part.unwrap());
    }
    report.broken.sort();
    report
}
