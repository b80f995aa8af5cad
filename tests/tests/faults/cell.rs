//! One cell of the matrix: one fault at one call of one request, and the way back.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use crate::call::Call;
use crate::claim::{Beside, honours, is_answered_at_last};
use crate::engine::Engine;
use crate::fault::{Fault, Meanwhile, Recovery};
use crate::invariant;
use crate::repeat::repeat_writes;
use crate::scenario::{Outcome, Scenario};
use crate::sight::Sight;
use crate::world::{Node, World};

/// Longer than any cell takes; without it a request that never ends would end nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than a room lives here, shorter than an answer is remembered.
const UNTIL_THE_SWEEP: Duration = Duration::from_secs(3_600);

pub(crate) struct Cell<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) scenario: &'a dyn Scenario,
    pub(crate) call: Call,
    pub(crate) fault: Fault,
    pub(crate) recovery: Recovery,
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, scenario, call, fault, recovery } = self;
        write!(out, "{:?}: {}: {call} {fault}, {recovery}", engine.kind, scenario.name())
    }
}

impl Cell<'_> {
    /// Runs the cell, and answers in one line what broke.
    pub(crate) async fn run(&self) -> Result<(), String> {
        let verdict = tokio::time::timeout(PATIENCE, self.run_to_the_end()).await;
        verdict.unwrap_or_else(|_| Err("it hangs".to_owned())).map_err(|broken| format!("{self}: {broken}"))
    }

    async fn run_to_the_end(&self) -> Result<(), String> {
        let world = World::on(self.engine).await;
        self.scenario.prepare(&world).await;
        let node = world.node();

        node.tap.plan(self.call, self.fault);
        let outcome = self.strike(&world, &node).await?;
        if !node.tap.heal() {
            return Err("the call was not made".to_owned());
        }
        let writes = node.tap.writes();
        // What a dropped call left behind may appear at any moment, until the same was written once more.
        let is_settled = self.engine.works_at_once() || !self.fault.leaves_work_behind();
        if is_settled {
            let sight = check(&world).await?;
            honours((self.scenario, self.beside()), &world, outcome.as_ref(), &writes, &sight)?;
        }

        if self.recovery == Recovery::TheWritesFirst {
            repeat_writes(&world, &writes, is_settled, self.fault.meanwhile().is_none()).await?;
            check(&world).await?;
        }
        let mut told: Vec<Outcome> = outcome.into_iter().collect();
        for _ in 0..2 {
            told.push(self.scenario.request(&world, &node).await);
        }
        if self.recovery == Recovery::TheRequestFirst {
            repeat_writes(&world, &writes, is_settled, false).await?;
        }
        check(&world).await?;
        is_answered_at_last(self.scenario.repeats(), &told, self.fault.meanwhile().is_some())?;
        self.scenario.aftermath(&world).await?;
        sweep(&world).await
    }

    fn beside(&self) -> Beside {
        Beside { is_alone: self.fault.meanwhile().is_none(), is_heard: self.call.method.port != "Notifier" }
    }

    /// Makes the request while the fault happens to it; `None` when it was dropped.
    async fn strike(&self, world: &World, node: &Node) -> Result<Option<Outcome>, String> {
        let mut request = pin!(self.scenario.request(world, node));
        tokio::select! {
            biased;
            outcome = &mut request => return Ok(Some(outcome)),
            () = node.tap.reached() => {}
        }
        let Some(meanwhile) = self.fault.meanwhile() else { return Ok(None) };
        match meanwhile {
            Meanwhile::TheSameRequestHere => {
                let own = node.tap.writes();
                drop(self.scenario.request(world, node).await);
                node.tap.set_aside_all_but(&own);
            }
            Meanwhile::TheSameRequestElsewhere => drop(self.scenario.request(world, &world.node()).await),
            Meanwhile::AConflictingChange => self.scenario.conflict(world, &world.node()).await,
        }
        node.tap.release();
        Ok(Some(request.await))
    }
}

/// Checks every invariant of what was written.
pub(crate) async fn check(world: &World) -> Result<Sight, String> {
    let sight = Sight::of(world).await;
    invariant::broken(&sight, &world.writes(), &world.sockets.heard())?;
    Ok(sight)
}

/// Time passes, and the sweep that every node runs removes what is over.
pub(crate) async fn sweep(world: &World) -> Result<(), String> {
    world.clock.advance(UNTIL_THE_SWEEP);
    let node = world.node();
    while node.expire_rooms.execute().await.map_err(|error| format!("the sweep stops: {error}"))? > 0 {}
    let left = world.engine.rooms.list_expired(world.now(), 1).await.map_err(|error| error.to_string())?;
    if let Some(room) = left.first() {
        return Err(format!("the sweep leaves room {}", room.id()));
    }
    let everything = Sight::of_all(world).await;
    let broken = invariant::broken(&everything, &world.writes(), &world.sockets.heard());
    broken.map_err(|broken| format!("after the sweep: {broken}"))
}
