//! What becomes of passkeys, past the ceremonies: these need an authenticator, and a store knows nothing of them.

use std::fmt;

use parlour_domain::usecase::{ListPasskeys, RemovePasskey};
use parlour_domain::{
    CredentialId, DisplayName, Passkey as Kept, PasskeyName, PasskeyUse, User, UserHandle, UserId, Username,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Nth, Person, nth, person};
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::Moment;

#[derive(Clone, PartialEq)]
pub(crate) enum Passkey {
    /// A user with their first passkey, which may be one that somebody has already.
    Register(&'static str, Option<Nth>),
    /// The same registration once more, whatever came of it.
    RegisterAgain(Nth),
    /// One of that user's two handles.
    Add(Person, Handle),
    /// By the user of one that was added before.
    AddMore(Nth),
    /// With the id of one that was added before.
    AddTaken(Person, Handle, Nth),
    /// The same once more as it is now, or as it was added if it is not there; with another name if it says so.
    AddAgain(Nth, bool),
    /// By its id, or by one that is a byte longer.
    Find(Nth, bool),
    List(Person),
    /// By the counter that is stored, or by another one.
    Use(Nth, bool),
    Remove(Person, Nth),
    /// By the user whose it is.
    RemoveOwn(Nth),
}

/// One of the two handles that a user may be given.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Handle(u8);

impl Handle {
    fn of(self, user: UserId) -> UserHandle {
        let mut bytes = [self.0; 64];
        bytes[..16].copy_from_slice(user.as_uuid().as_bytes());
        UserHandle::from_random_bytes(bytes)
    }
}

const NAMES: [&str; 5] = ["gwen", "GWEN", "hanna", "hugo", "ALICE"];

pub(super) fn passkey() -> impl Strategy<Value = Passkey> {
    prop_oneof![
        4 => register(),
        1 => nth().prop_map(Passkey::RegisterAgain),
        2 => person().prop_flat_map(add),
        3 => nth().prop_map(Passkey::AddMore),
        1 => (person(), handle(), nth()).prop_map(|(who, handle, nth)| Passkey::AddTaken(who, handle, nth)),
        2 => (nth(), any::<bool>()).prop_map(|(nth, is_changed)| Passkey::AddAgain(nth, is_changed)),
        2 => (nth(), any::<bool>()).prop_map(|(nth, is_longer)| Passkey::Find(nth, is_longer)),
        1 => person().prop_map(Passkey::List),
        3 => used(),
        3 => remove(),
        1 => (person(), nth()).prop_map(|(who, nth)| Passkey::Remove(who, nth)),
    ]
}

pub(super) fn register() -> impl Strategy<Value = Passkey> {
    (select(&NAMES[..]), proptest::option::weighted(0.2, nth())).prop_map(|(name, nth)| Passkey::Register(name, nth))
}

pub(super) fn add(who: Person) -> impl Strategy<Value = Passkey> {
    handle().prop_map(move |handle| Passkey::Add(who, handle))
}

pub(super) fn used() -> impl Strategy<Value = Passkey> {
    (nth(), proptest::bool::weighted(0.7)).prop_map(|(nth, is_stored)| Passkey::Use(nth, is_stored))
}

pub(super) fn remove() -> impl Strategy<Value = Passkey> {
    nth().prop_map(Passkey::RemoveOwn)
}

fn handle() -> impl Strategy<Value = Handle> {
    prop_oneof![4 => Just(Handle(0)), 1 => Just(Handle(1))]
}

impl Passkey {
    pub(super) fn call(&self, model: &mut Model, moment: Moment) -> Call {
        match self {
            Self::Register(name, taken) => {
                let user = newcomer(name, moment);
                let id =
                    taken.and_then(|nth| nth.of(&model.asked.passkeys)).map_or_else(|| fresh(moment), |old| old.id);
                let registration = (user.clone(), made(id, user.id, Handle(0), moment));
                model.asked.passkeys.push(registration.1.clone());
                model.asked.registrations.push(registration.clone());
                register_both(registration, moment)
            }
            Self::RegisterAgain(nth) => match nth.of(&model.asked.registrations) {
                Some(registration) => register_both(registration, moment),
                None => Call::nothing(moment),
            },
            Self::Add(who, handle) => {
                let passkey = made(fresh(moment), who.id(model), *handle, moment);
                model.asked.passkeys.push(passkey.clone());
                insert(passkey, moment)
            }
            Self::AddMore(nth) => {
                let Some(old) = nth.of(&model.asked.passkeys) else { return Call::nothing(moment) };
                let passkey =
                    Kept { user_handle: old.user_handle, ..made(fresh(moment), old.user_id, Handle(0), moment) };
                model.asked.passkeys.push(passkey.clone());
                insert(passkey, moment)
            }
            Self::AddTaken(who, handle, nth) => match nth.of(&model.asked.passkeys) {
                Some(old) => insert(made(old.id, who.id(model), *handle, moment), moment),
                None => Call::nothing(moment),
            },
            Self::AddAgain(nth, is_changed) => {
                let Some(old) = nth.of(&model.asked.passkeys) else { return Call::nothing(moment) };
                let mut passkey = model.stored_passkey(&old.id).unwrap_or(old);
                if *is_changed {
                    passkey.name = PasskeyName::parse("another name").unwrap();
                }
                insert(passkey, moment)
            }
            Self::Find(nth, is_longer) => {
                let Some(old) = nth.of(&model.asked.passkeys) else { return Call::nothing(moment) };
                let id = if *is_longer { longer(&old.id) } else { old.id };
                Call::new(moment, move |stage| {
                    let id = id.clone();
                    async move {
                        let found = stage.ports.passkeys.find(&id).await;
                        Answer::passkeys(found.map(|found| found.into_iter().collect()))
                    }
                })
            }
            Self::List(who) => {
                let who = who.id(model);
                Call::new(moment, move |stage| async move {
                    Answer::passkeys(ListPasskeys::new(stage.ports.passkeys.clone()).execute(who).await)
                })
            }
            Self::Use(nth, is_stored) => match nth.of(&model.asked.passkeys) {
                Some(old) => record_use(old.id, *is_stored, model, moment),
                None => Call::nothing(moment),
            },
            Self::Remove(who, nth) => match nth.of(&model.asked.passkeys) {
                Some(old) => take_away(who.id(model), old.id, moment),
                None => Call::nothing(moment),
            },
            Self::RemoveOwn(nth) => match nth.of(&model.asked.passkeys) {
                Some(old) => take_away(old.user_id, old.id, moment),
                None => Call::nothing(moment),
            },
        }
    }
}

/// An id that nobody has; every other one is a byte longer.
fn fresh(moment: Moment) -> CredentialId {
    // Nothing else that is printed begins like that.
    let id = CredentialId::from_bytes([&[0xc1], moment.uuid(0).as_bytes().as_slice()].concat()).unwrap();
    if moment.number.is_multiple_of(2) { id } else { longer(&id) }
}

fn longer(id: &CredentialId) -> CredentialId {
    CredentialId::from_bytes([id.as_bytes(), &[0]].concat()).unwrap()
}

fn newcomer(name: &str, moment: Moment) -> User {
    User {
        id: UserId::from_uuid(moment.uuid(0)),
        username: Username::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        is_active: true,
        is_verified: false,
        created_at: moment.now,
    }
}

fn made(id: CredentialId, user_id: UserId, handle: Handle, moment: Moment) -> Kept {
    Kept {
        id,
        user_id,
        user_handle: handle.of(user_id),
        name: PasskeyName::default(),
        material: vec![0, 255, u8::try_from(moment.number % 256).unwrap()],
        counter: 0,
        created_at: moment.now,
        last_used_at: None,
    }
}

fn register_both((user, passkey): (User, Kept), moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let (user, passkey) = (user.clone(), passkey.clone());
        async move { Answer::from(stage.ports.passkeys.register(user, passkey).await) }
    })
}

fn insert(passkey: Kept, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let passkey = passkey.clone();
        async move { Answer::from(stage.ports.passkeys.add(passkey).await) }
    })
}

fn record_use(id: CredentialId, is_stored: bool, model: &Model, moment: Moment) -> Call {
    let stored = model.stored_passkey(&id).map_or(0, |passkey| passkey.counter);
    let expected = if is_stored { stored } else { stored.wrapping_add(1) };
    // Soon more than fits into 31 bits.
    let counter = expected.saturating_add(1 << 30);
    let used = PasskeyUse { id, expected, counter, material: vec![7; 3], at: moment.now };
    Call::new(moment, move |stage| {
        let used = used.clone();
        async move { Answer::from(stage.ports.passkeys.record_use(used).await) }
    })
}

fn take_away(user: UserId, id: CredentialId, moment: Moment) -> Call {
    Call::new(moment, move |stage| {
        let id = id.clone();
        async move {
            let remove = RemovePasskey::new(stage.ports.passkeys.clone(), stage.clone());
            Answer::from(remove.execute(&stage.just_signed_in(user), &id).await)
        }
    })
}

impl fmt::Debug for Passkey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register(name, None) => write!(out, "store: {name} is registered with a passkey"),
            Self::Register(name, Some(nth)) => write!(out, "store: {name} is registered with the {nth:?} passkey"),
            Self::RegisterAgain(nth) => write!(out, "store: the {nth:?} registration with a passkey again"),
            Self::Add(who, handle) => write!(out, "store: {who:?} gets a passkey under {handle:?}"),
            Self::AddMore(nth) => write!(out, "store: the user of the {nth:?} passkey gets another one"),
            Self::AddTaken(who, handle, nth) => {
                write!(out, "store: {who:?} gets one with the id of the {nth:?} passkey under {handle:?}")
            }
            Self::AddAgain(nth, false) => write!(out, "store: the {nth:?} passkey is added again"),
            Self::AddAgain(nth, true) => write!(out, "store: the {nth:?} passkey is added again with another name"),
            Self::Find(nth, false) => write!(out, "store: find the {nth:?} passkey"),
            Self::Find(nth, true) => write!(out, "store: find what is a byte longer than the {nth:?} passkey"),
            Self::List(who) => write!(out, "{who:?} lists passkeys"),
            Self::Use(nth, true) => write!(out, "store: the {nth:?} passkey is used"),
            Self::Use(nth, false) => write!(out, "store: the {nth:?} passkey is used, by another counter"),
            Self::Remove(who, nth) => write!(out, "{who:?} removes the {nth:?} passkey"),
            Self::RemoveOwn(nth) => write!(out, "the {nth:?} passkey is removed by its user"),
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} handle", if self.0 == 0 { "their" } else { "another" })
    }
}
