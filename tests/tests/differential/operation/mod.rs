//! What can be done to a store, as small values that are generated, shrink, and print as a readable script.

mod account;
mod ceremony;
mod choice;
mod contact;
mod group;
mod passkey;
mod profile;
mod race;
mod raw;
mod visit;

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;

use account::Account;
use ceremony::Ceremony;
use choice::{DAY, SECOND, span};
use contact::Contact;
pub(crate) use contact::said;
use group::Group;
use passkey::Passkey;
use profile::Profile;
use raw::Raw;
use visit::Visit;

use crate::answer::Call;
use crate::model::Model;
use crate::stage::Moment;

#[derive(Clone, PartialEq)]
pub(crate) enum Operation {
    One(Deed),
    /// So many microseconds pass; a clock may also be set back.
    Pass(i64),
    /// The store is closed and opened again.
    Restart,
    /// Several things at once, each of them atomic.
    Race(Vec<Deed>),
    /// The very same commit several times at once.
    Same(Raw, u8),
}

/// What is done by one call.
#[derive(Clone, PartialEq)]
pub(crate) enum Deed {
    Account(Account),
    Profile(Profile),
    Passkey(Passkey),
    Ceremony(Ceremony),
    Contact(Contact),
    Visit(Visit),
    Group(Group),
    Raw(Raw),
}

impl Deed {
    /// What that means after all that was done to the model.
    pub(crate) fn call(&self, model: &mut Model, moment: Moment) -> Call {
        match self {
            Self::Account(account) => account.call(model, moment),
            Self::Profile(profile) => profile.call(model, moment),
            Self::Passkey(passkey) => passkey.call(model, moment),
            Self::Ceremony(ceremony) => ceremony.call(model, moment),
            Self::Contact(contact) => contact.call(model, moment),
            Self::Visit(visit) => visit.call(model, moment),
            Self::Group(group) => group.call(model, moment),
            Self::Raw(raw) => raw.call(model, moment),
        }
    }

    pub(crate) const fn is_about_rooms(&self) -> bool {
        matches!(self, Self::Visit(_) | Self::Group(_) | Self::Raw(_))
    }

    /// Whether it changes anything in the user store but the list of users.
    pub(crate) const fn is_about_accounts(&self) -> bool {
        match self {
            Self::Profile(_) | Self::Passkey(_) | Self::Ceremony(_) | Self::Contact(_) => true,
            Self::Account(account) => matches!(account, Account::Extend(..)),
            Self::Visit(_) | Self::Group(_) | Self::Raw(_) => false,
        }
    }
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => account::account().prop_map(Deed::Account).boxed().prop_map(Operation::One),
        5 => profile::profile().prop_map(Deed::Profile).boxed().prop_map(Operation::One),
        7 => passkey::passkey().prop_map(Deed::Passkey).boxed().prop_map(Operation::One),
        2 => ceremony::ceremony().prop_map(Deed::Ceremony).boxed().prop_map(Operation::One),
        5 => contact::contact().prop_map(Deed::Contact).boxed().prop_map(Operation::One),
        15 => visit::visit().prop_map(Deed::Visit).boxed().prop_map(Operation::One),
        6 => group::group().prop_map(Deed::Group).boxed().prop_map(Operation::One),
        10 => raw::raw().prop_map(Deed::Raw).boxed().prop_map(Operation::One),
        4 => pass(),
        1 => Just(Operation::Restart),
        3 => race::race().prop_map(Operation::Race).boxed(),
        1 => (raw::write(), 2..=3u8).prop_map(|(raw, times)| Operation::Same(raw, times)),
    ]
}

/// Spans after which something ends exactly, and those just beside.
fn pass() -> impl Strategy<Value = Operation> {
    // Sessions and answers end after a day, which many scripts should meet.
    let day = [DAY, DAY, DAY, DAY - 1];
    let others = [1, SECOND, 60 * SECOND, 60 * SECOND - 1, 90 * SECOND, 30 * DAY, 30 * DAY + 1, -SECOND];
    select([&day[..], &others[..]].concat()).prop_map(Operation::Pass)
}

impl fmt::Debug for Deed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => account.fmt(out),
            Self::Profile(profile) => profile.fmt(out),
            Self::Passkey(passkey) => passkey.fmt(out),
            Self::Ceremony(ceremony) => ceremony.fmt(out),
            Self::Contact(contact) => contact.fmt(out),
            Self::Visit(visit) => visit.fmt(out),
            Self::Group(group) => group.fmt(out),
            Self::Raw(raw) => raw.fmt(out),
        }
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(deed) => deed.fmt(out),
            Self::Pass(micros) => write!(out, "clock: {}", span(*micros)),
            Self::Restart => write!(out, "restart"),
            Self::Race(deeds) => {
                write!(out, "at once:")?;
                deeds.iter().try_for_each(|deed| write!(out, "\n        {deed:?}"))
            }
            Self::Same(raw, times) => write!(out, "{times} times at once: {raw:?}"),
        }
    }
}
