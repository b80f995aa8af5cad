//! What waits in a store between the two halves of a ceremony.

use std::fmt;

use parlour_domain::{Ceremony as Kept, CeremonyKind, ChallengeHash};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Nth, SECOND, When, nth, when};
use crate::answer::{Answer, Call, hex};
use crate::model::Model;
use crate::stage::Moment;

#[derive(Clone, PartialEq)]
pub(crate) enum Ceremony {
    /// One that ends then.
    Begin(CeremonyKind, When),
    /// The same once more, also when it was taken since.
    BeginAgain(Nth),
    Take(Nth),
    RemoveExpired(When),
}

pub(super) fn ceremony() -> impl Strategy<Value = Ceremony> {
    let end = select([60, 90, 600].map(|seconds| When::In(seconds * SECOND)).to_vec());
    prop_oneof![
        6 => (select(&CeremonyKind::ALL[..]), end).prop_map(|(kind, end)| Ceremony::Begin(kind, end)),
        1 => nth().prop_map(Ceremony::BeginAgain),
        4 => take(),
        2 => when().prop_map(Ceremony::RemoveExpired),
    ]
}

pub(super) fn take() -> impl Strategy<Value = Ceremony> {
    nth().prop_map(Ceremony::Take)
}

impl Ceremony {
    pub(super) fn call(&self, model: &mut Model, moment: Moment) -> Call {
        match self {
            Self::Begin(kind, end) => {
                let begun = Kept {
                    challenge: ChallengeHash::of(moment.uuid(0).as_bytes()),
                    kind: *kind,
                    state: moment.uuid(0).as_bytes()[..6].to_vec(),
                    expires_at: end.at(moment),
                };
                model.asked.ceremonies.push(begun.clone());
                insert(begun, moment)
            }
            Self::BeginAgain(nth) => match nth.of(&model.asked.ceremonies) {
                Some(begun) => insert(begun, moment),
                None => Call::nothing(moment),
            },
            Self::Take(nth) => {
                let Some(begun) = nth.of(&model.asked.ceremonies) else { return Call::nothing(moment) };
                Call::new(moment, move |stage| async move {
                    let taken = stage.ports.ceremonies.take(&begun.challenge).await;
                    Answer::from(taken.map(|kept| kept.map(|kept| (hex(kept.challenge.as_bytes()), kept))))
                })
            }
            Self::RemoveExpired(when) => {
                let at = when.at(moment);
                Call::new(
                    moment,
                    move |stage| async move { Answer::from(stage.ports.ceremonies.remove_expired(at).await) },
                )
            }
        }
    }
}

fn insert(begun: Kept, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let begun = begun.clone();
        async move { Answer::from(stage.ports.ceremonies.insert(begun).await) }
    })
}

impl fmt::Debug for Ceremony {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(kind, end) => write!(out, "store: the ceremony of an {} begins, until {end:?}", kind.as_str()),
            Self::BeginAgain(nth) => write!(out, "store: the {nth:?} ceremony again"),
            Self::Take(nth) => write!(out, "store: the {nth:?} ceremony is taken"),
            Self::RemoveExpired(when) => write!(out, "store: ceremonies that end by {when:?} are removed"),
        }
    }
}
