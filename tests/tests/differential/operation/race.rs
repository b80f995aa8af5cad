//! What happens at once: calls each of which is as if it had happened in one instant.

use proptest::collection::vec;
use proptest::prelude::*;

use super::choice::{nth, person};
use super::visit::Visit;
use super::{Deed, account, ceremony, contact, group, passkey, profile, raw, visit};

pub(super) fn race() -> impl Strategy<Value = Vec<Deed>> {
    let read = visit::read().prop_map(Deed::Visit);
    let alike =
        (prop_oneof![3 => of_rooms(), 2 => of_accounts()], 2..=4usize).prop_map(|(deed, times)| vec![deed; times]);
    // The same request from several nodes, and deletions that stand in each other's way.
    let again = (nth(), 2..=3usize).prop_map(|(nth, times)| vec![Deed::Visit(Visit::CreateAgain(nth)); times]);
    let ended = nth().prop_map(|nth| {
        vec![
            Deed::Visit(Visit::DeleteOwn(nth)),
            Deed::Visit(Visit::CreateAgain(nth)),
            Deed::Visit(Visit::DeleteOwn(nth)),
        ]
    });
    let mixed = vec(prop_oneof![3 => of_rooms(), 1 => read], 2..=3);
    // A use case reads users and rooms one after the other: with two writers beside it there may be no order that shows
    // it both as it saw them.
    let consented =
        (of_rooms(), person().prop_flat_map(of_user)).prop_map(|(of_rooms, of_user)| vec![of_rooms, of_user]);
    let of_one = person().prop_flat_map(|who| vec(of_user(who), 2..=3));
    let removals = vec(passkey::remove().prop_map(Deed::Passkey), 2..=3);
    prop_oneof![2 => alike, 1 => again, 1 => ended, 3 => mixed, 2 => consented, 3 => of_one, 1 => removals]
}

/// What is one write about rooms, or none.
fn of_rooms() -> impl Strategy<Value = Deed> {
    prop_oneof![
        5 => visit::write().prop_map(Deed::Visit),
        3 => group::group().prop_map(Deed::Group),
        4 => raw::write().prop_map(Deed::Raw),
        1 => account::register().prop_map(Deed::Account),
    ]
    .boxed()
}

/// What one of many may do to whatever it is.
fn of_accounts() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => passkey::register().prop_map(Deed::Passkey),
        2 => passkey::used().prop_map(Deed::Passkey),
        2 => passkey::remove().prop_map(Deed::Passkey),
        2 => ceremony::take().prop_map(Deed::Ceremony),
        1 => account::extend().prop_map(Deed::Account),
        3 => profile::leaver().prop_flat_map(of_user),
    ]
    .boxed()
}

/// What is one write about a user, or none.
fn of_user(who: super::choice::Person) -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => profile::write(who).prop_map(Deed::Profile),
        3 => passkey::add(who).prop_map(Deed::Passkey),
        2 => contact::write(who).prop_map(Deed::Contact),
    ]
    .boxed()
}
