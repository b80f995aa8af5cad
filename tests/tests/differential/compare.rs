//! One script on the model and on a store, and everything that they show compared.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::answer::{Answer, Call};
use crate::difference::Difference;
use crate::engine::Engine;
use crate::model::{Asked, Model, population};
use crate::operation::{Deed, Operation};
use crate::script::Script;
use crate::sight::{Places, Sight};
use crate::stage::{Moment, Ports};

/// After so many operations, and at the end, all is looked at, not only what they answer.
const LOOK_EVERY: usize = 25;

/// The model and a store, to which the same was done.
struct Pair {
    model: Model,
    store: Ports,
    moment: Moment,
}

/// Performs the script on an empty store; an error says in what it differs from the model.
pub(crate) async fn compare<E: Engine>(engine: &mut E, script: &Script) -> Result<(), String> {
    let store = engine.empty().await;
    for user in population() {
        store.users.insert(user).await.map_err(|error| format!("a user cannot be inserted: {error}"))?;
    }
    let moment = Moment { number: 0, racer: 0, now: Moment::beginning(), backwards: false };
    let mut pair = Pair { model: Model::after(&[], Asked::default()).await, store, moment };
    for (operation, n) in script.0.iter().zip(1..) {
        pair.moment.number += 1;
        if *operation == Operation::Restart {
            pair.store = engine.reopen().await;
        }
        let is_time_to_look = n % LOOK_EVERY == 0 || n == script.0.len();
        let mut outcome = pair.perform(operation).await;
        if outcome.is_ok() && is_time_to_look {
            let mut places = Places::of(&pair.model, pair.moment.now);
            if n == script.0.len() {
                places = places.with_ceremonies(&pair.model);
            }
            outcome = pair.look(&places).await;
        }
        outcome.map_err(|difference| format!("after step {n}: {}", pair.model.in_words(&difference.to_string())))?;
    }
    Ok(())
}

impl Pair {
    async fn perform(&mut self, operation: &Operation) -> Result<(), Difference> {
        match operation {
            Operation::One(deed) => {
                let call = deed.call(&mut self.model, self.moment);
                self.perform_one(&call).await
            }
            Operation::Pass(micros) => {
                let later = self.moment.now.as_micros() + micros;
                self.moment.now = parlour_domain::Timestamp::from_micros(later).unwrap();
                Ok(())
            }
            Operation::Restart => Ok(()),
            Operation::Race(deeds) => {
                let model = &mut self.model;
                let racing =
                    deeds.iter().zip(0..).map(|(deed, racer)| deed.call(model, Moment { racer, ..self.moment }));
                let calls: Vec<Call> = racing.collect();
                // A room may end while somebody is let in for sharing it: that is no outcome of any order.
                if deeds.iter().filter(|deed| deed.is_about_rooms()).count() > 1 && self.model.is_anybody_choosy() {
                    for call in &calls {
                        self.perform_one(call).await?;
                    }
                    return Ok(());
                }
                self.race(calls, deeds.iter().any(Deed::is_about_accounts)).await
            }
            Operation::Same(raw, times) => {
                let call = Deed::Raw(raw.clone()).call(&mut self.model, self.moment);
                self.race(vec![call; usize::from(*times)], false).await
            }
        }
    }

    async fn perform_one(&mut self, call: &Call) -> Result<(), Difference> {
        let expected = self.model.perform(call).await;
        let seen = call.perform(&self.store).await;
        if expected == seen { Ok(()) } else { Err(Difference::new("the answer", &expected, &seen)) }
    }

    async fn look(&self, places: &Places) -> Result<(), Difference> {
        let expected = Sight::of(&self.model.ports, places).await;
        let seen = Sight::of(&self.store, places).await;
        Sight::difference(&expected, &seen).map_or(Ok(()), Err)
    }

    /// Makes all calls at once on the store. Whatever comes of it is right if the model answers and shows the same
    /// after the same calls one by one, in some order; the model is then the one after that order.
    async fn race(&mut self, calls: Vec<Call>, is_about_accounts: bool) -> Result<(), Difference> {
        let commits = self.model.commits().len();
        let seen = at_once(&self.store, &calls).await;
        let mut nearest = None;
        for (model, expected) in self.model.in_every_order(&calls).await {
            if expected != seen {
                nearest.get_or_insert_with(|| Difference::between("the answers of the race", &expected, &seen));
                continue;
            }
            let looked = Pair { model, store: self.store.clone(), moment: self.moment };
            let mut places = Places::since(commits, &looked.model, self.moment.now);
            if is_about_accounts {
                places = places.with_accounts(&looked.model);
            }
            match looked.look(&places).await {
                Ok(()) => {
                    self.model = looked.model;
                    return Ok(());
                }
                // Of two orders with the same answers, the sight tells which one it was.
                Err(difference) => nearest = Some(difference),
            }
        }
        nearest.map_or(Ok(()), |difference| Err(difference.in_no_order()))
    }
}

async fn at_once(store: &Ports, calls: &[Call]) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(calls.len()));
    let mut racing = JoinSet::new();
    for (at, call) in calls.iter().enumerate() {
        let (start, store, call) = (Arc::clone(&start), store.clone(), call.clone());
        racing.spawn(async move {
            start.wait().await;
            (at, call.perform(&store).await)
        });
    }
    let mut answers = racing.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
