//! Who may open rooms with whom.

use std::fmt;

use parlour_domain::usecase::{BlockUser, ContactSettings, ListBlocks, UnblockUser};
use parlour_domain::{ContactPolicy, Stance, UserId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Nth, Person, When, limit, nth, person, strangers, when};
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::Moment;

#[derive(Clone, PartialEq)]
pub(crate) enum Contact {
    SetPolicy(Person, ContactPolicy),
    Policy(Person),
    Block(Person, Person),
    /// One of those that were asked for.
    Unblock(Nth),
    Blocks(Person, Option<Person>, u32),
    /// Also of so many people whom nobody knows.
    Stances {
        of: Vec<Person>,
        strangers: u16,
        towards: Person,
    },
    ShareARoom {
        who: Person,
        others: Vec<Person>,
        strangers: u16,
        at: When,
    },
}

pub(super) fn contact() -> impl Strategy<Value = Contact> {
    let stances = (vec(person(), 0..6), few_strangers(), person());
    let shared = (person(), vec(person(), 0..6), few_strangers(), when());
    prop_oneof![
        7 => person().prop_flat_map(write),
        1 => person().prop_map(Contact::Policy),
        2 => (person(), option::of(person()), limit()).prop_map(|(who, after, limit)| Contact::Blocks(who, after, limit)),
        2 => stances.prop_map(|(of, strangers, towards)| Contact::Stances { of, strangers, towards }),
        3 => shared.prop_map(|(who, others, strangers, at)| Contact::ShareARoom { who, others, strangers, at }),
    ]
}

/// What is one write, or none, by that user. Most leave it possible to open rooms.
pub(super) fn write(who: Person) -> impl Strategy<Value = Contact> {
    use ContactPolicy::{Everyone, Nobody, SharedRooms};
    prop_oneof![
        2 => select(&[Everyone, Everyone, SharedRooms, Nobody][..]).prop_map(move |policy| Contact::SetPolicy(who, policy)),
        3 => person().prop_map(move |whom| Contact::Block(who, whom)),
        2 => nth().prop_map(Contact::Unblock),
    ]
}

fn few_strangers() -> impl Strategy<Value = u16> {
    select(&[0, 0, 3, 1_100][..])
}

impl Contact {
    pub(super) fn call(&self, model: &mut Model, moment: Moment) -> Call {
        match self {
            Self::SetPolicy(who, policy) => {
                let (who, policy) = (who.id(model), *policy);
                Call::new(moment, move |stage| async move {
                    Answer::from(ContactSettings::new(stage.ports.contacts.clone()).change(who, policy).await)
                })
            }
            Self::Policy(who) => {
                let who = who.id(model);
                Call::new(moment, move |stage| async move {
                    Answer::from(ContactSettings::new(stage.ports.contacts.clone()).policy_of(who).await)
                })
            }
            Self::Block(who, whom) => {
                let (who, whom) = (who.id(model), whom.id(model));
                model.asked.blocks.push((who, whom));
                Call::new(moment, move |stage| async move {
                    let (users, contacts) = (stage.ports.users.clone(), stage.ports.contacts.clone());
                    Answer::from(BlockUser::new(users, contacts, stage.clone()).execute(who, whom).await)
                })
            }
            Self::Unblock(nth) => {
                let Some((who, whom)) = nth.of(&model.asked.blocks) else { return Call::nothing(moment) };
                Call::new(moment, move |stage| async move {
                    Answer::from(UnblockUser::new(stage.ports.contacts.clone()).execute(who, whom).await)
                })
            }
            Self::Blocks(who, after, limit) => {
                let (who, after, limit) = (who.id(model), after.map(|after| after.id(model)), *limit);
                Call::new(moment, move |stage| async move {
                    let list = ListBlocks::new(stage.ports.users.clone(), stage.ports.contacts.clone());
                    Answer::from(list.execute(who, after, limit).await)
                })
            }
            Self::Stances { of, strangers: unknown, towards } => {
                stances(with_strangers(of, *unknown, model, moment), towards.id(model), moment)
            }
            Self::ShareARoom { who, others, strangers: unknown, at } => {
                let (who, at) = (who.id(model), at.at(moment));
                let others = with_strangers(others, *unknown, model, moment);
                Call::new(moment, move |stage| {
                    let others = others.clone();
                    async move {
                        Answer::from(stage.ports.rooms.share_a_room(who, &others, at).await.map(|mut shared| {
                            shared.sort_unstable();
                            shared
                        }))
                    }
                })
            }
        }
    }
}

fn with_strangers(known: &[Person], unknown: u16, model: &Model, moment: Moment) -> Vec<UserId> {
    strangers(unknown, moment).chain(known.iter().map(|who| who.id(model))).collect()
}

fn stances(of: Vec<UserId>, towards: UserId, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let of = of.clone();
        async move { Answer::from(stage.ports.contacts.stances(&of, towards).await.map(said)) }
    })
}

/// The stances of those who said anything, which is all that a store has to answer.
pub(crate) fn said(mut stances: Vec<Stance>) -> Vec<Stance> {
    stances.retain(|stance| stance.blocks || stance.policy != ContactPolicy::default());
    stances.sort_unstable_by_key(|stance| stance.user);
    stances
}

impl fmt::Debug for Contact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetPolicy(who, policy) => write!(out, "{who:?} is open to {}", policy.as_str()),
            Self::Policy(who) => write!(out, "the policy of {who:?}"),
            Self::Block(who, whom) => write!(out, "{who:?} blocks {whom:?}"),
            Self::Unblock(nth) => write!(out, "the {nth:?} block is taken away"),
            Self::Blocks(who, None, limit) => write!(out, "{who:?} lists {limit} blocks"),
            Self::Blocks(who, Some(after), limit) => write!(out, "{who:?} lists {limit} blocks after {after:?}"),
            Self::Stances { of, strangers, towards } => {
                write!(out, "store: how {of:?} and {strangers} strangers stand towards {towards:?}")
            }
            Self::ShareARoom { who, others, strangers, at } => {
                write!(out, "store: who of {others:?} and {strangers} strangers shares a room with {who:?} at {at:?}")
            }
        }
    }
}
