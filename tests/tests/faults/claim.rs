//! What an answer claims, held against what there is.

use parlour_domain::UserId;

use crate::scenario::{Outcome, Repeats, Scenario};
use crate::sight::{Effect, Sight};
use crate::tap::Write;
use crate::world::World;

/// What happened beside a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside {
    /// Nobody else made a request at the same time.
    pub(crate) is_alone: bool,
    /// Nothing happened to its notices.
    pub(crate) is_heard: bool,
}

/// Whether what a request was told is true of what it wrote.
pub(crate) fn honours(
    (scenario, beside): (&dyn Scenario, Beside),
    world: &World,
    outcome: Option<&Outcome>,
    writes: &[Write],
    sight: &Sight,
) -> Result<(), String> {
    let commits = writes.iter().filter(|write| matches!(write, Write::Commit(_)));
    let applied = commits.filter(|write| sight.effect_of(write) == Effect::Whole).count();
    if applied > scenario.most_commits() {
        return Err(format!("{applied} commits of one request were applied"));
    }
    let is_alone = beside.is_alone;
    match outcome {
        Some(Outcome::Refused(said) | Outcome::Unavailable(said)) => {
            let own = |write: &&Write| is_alone || !write.looks_like_anothers();
            match writes.iter().filter(own).find(|write| sight.effect_of(write) == Effect::Whole) {
                Some(write) => {
                    Err(format!("the answer {said:?} claims that nothing was written, but this was: {write}"))
                }
                None => Ok(()),
            }
        }
        Some(Outcome::Done(_)) if is_alone => is_done(beside, world, writes.last(), sight),
        Some(Outcome::Done(_) | Outcome::Unknown(_) | Outcome::Partly(_)) | None => Ok(()),
    }
}

/// Whether the last write of an answered request has had its effect, and everyone concerned was told at once.
fn is_done(beside: Beside, world: &World, last: Option<&Write>, sight: &Sight) -> Result<(), String> {
    let Some(last) = last else { return Ok(()) };
    if sight.effect_of(last) != Effect::Whole {
        return Err(format!("the request was answered, but its write has no effect: {last}"));
    }
    let Write::Commit(commit) = last else { return Ok(()) };
    let told = world.sockets.heard().told;
    let untold: Vec<UserId> = commit.recipients().into_iter().filter(|user| !told.contains(user)).collect();
    if !beside.is_heard || untold.is_empty() {
        return Ok(());
    }
    Err(format!("nobody told {untold:?} at once"))
}

/// Whether a request that was repeated twice when nothing failed any more was answered as it has to be.
pub(crate) fn is_answered_at_last(repeats: Repeats, told: &[Outcome], is_contested: bool) -> Result<(), String> {
    let is_answer = |outcome: &Outcome| matches!(outcome, Outcome::Done(_) | Outcome::Refused(_));
    let [.., retry, again] = told else { return Err("the request was not repeated".to_owned()) };
    if !is_answer(retry) || !is_answer(again) {
        return Err(format!("the request is not answered although nothing fails any more: {retry:?}, {again:?}"));
    }
    let answers: Vec<&Outcome> = told.iter().filter(|outcome| is_answer(outcome)).collect();
    let first_done = answers.iter().find(|outcome| matches!(outcome, Outcome::Done(_)));
    let holds = match repeats {
        Repeats::TheSame => match first_done {
            // A refusal is not remembered; an answer is.
            Some(done) => answers.iter().skip_while(|answer| answer != &done).all(|answer| answer == done),
            None => is_contested,
        },
        Repeats::WhatIsThere => retry == again && (is_contested || answers.iter().all(|answer| *answer == again)),
        Repeats::Once => matches!(again, Outcome::Refused(_)),
        Repeats::Afresh => answers.iter().all(|answer| matches!(answer, Outcome::Done(_))),
    };
    if holds { Ok(()) } else { Err(format!("the request is repeated {repeats:?}, but was told {told:?}")) }
}
