//! What people are called, how they are found by it, and their going.

use std::fmt;

use parlour_domain::usecase::{ChangeDisplayName, DeactivateAccount, NameTelling, SearchUsers, TellName};
use parlour_domain::{DisplayName, SearchQuery, UserId};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Person, limit, person};
use super::group::changer;
use crate::answer::{Answer, Call};
use crate::model::Model;
use crate::stage::{Moment, Stage};

#[derive(Clone, PartialEq)]
pub(crate) enum Profile {
    Rename(Person, &'static str),
    /// Past the use case, which reads before it writes.
    StoreRename(Person, &'static str),
    /// Everyone who shares a room with that one hears what they are called.
    Tell(Person),
    Search(Person, &'static str, u32),
    Deactivate(Person),
    /// Past the use case, which does not say which sessions went.
    StoreDeactivate(Person),
}

/// Names that differ in what does not count for a search, and such with what an engine may take for a wildcard.
const NAMES: [&str; 9] =
    ["Zoë 🦊", "ZOE", "al_ice", "100% Bobby", "Ａｌｉｃｅ", "İstanbul", "ﬁsh & Zoë", "back\\slash", "O'Hara"];
const QUERIES: [&str; 14] =
    ["al", "e 🦊", " BO ", "zo", "ar", "l_", "ZOË", "0%", "av", "FI", "is", "k\\s", "o'", "deleted"];

pub(super) fn profile() -> impl Strategy<Value = Profile> {
    prop_oneof![
        6 => (person(), name()).prop_map(|(who, name)| Profile::Rename(who, name)),
        3 => person().prop_map(Profile::Tell),
        6 => (person(), select(&QUERIES[..]), limit()).prop_map(|(who, what, limit)| Profile::Search(who, what, limit)),
        1 => leaver().prop_map(Profile::Deactivate),
        1 => leaver().prop_map(Profile::StoreDeactivate),
    ]
}

/// What is one write to a store, about that user.
pub(super) fn write(who: Person) -> impl Strategy<Value = Profile> {
    prop_oneof![
        3 => name().prop_map(move |name| Profile::StoreRename(who, name)),
        1 => Just(Profile::StoreDeactivate(who)),
    ]
}

pub(super) fn name() -> impl Strategy<Value = &'static str> {
    select(&NAMES[..])
}

/// Seldom one of those whom most operations are about: nothing can be done with them afterwards.
pub(super) fn leaver() -> impl Strategy<Value = Person> {
    prop_oneof![1 => person(), 3 => (5..8u8).prop_map(Person)]
}

impl Profile {
    pub(super) fn call(&self, model: &Model, moment: Moment) -> Call {
        match self {
            Self::Rename(who, name) => rename(who.id(model), name, moment),
            Self::StoreRename(who, name) => {
                let (who, name) = (who.id(model), DisplayName::parse(name).unwrap());
                Call::new(moment, move |stage| {
                    let name = name.clone();
                    async move { Answer::from(stage.ports.profiles.rename(who, name).await) }
                })
            }
            Self::Tell(who) => tell(who.id(model), moment),
            Self::Search(who, what, limit) => {
                let (who, query, limit) = (who.id(model), SearchQuery::parse(what).unwrap(), *limit);
                Call::new(moment, move |stage| {
                    let query = query.clone();
                    async move {
                        let search = SearchUsers::new(stage.ports.profiles.clone());
                        Answer::from(search.execute(who, &query, limit).await)
                    }
                })
            }
            Self::Deactivate(who) => {
                let who = who.id(model);
                Call::new(moment, move |stage| async move {
                    let Stage { ports, .. } = &*stage;
                    let (profiles, sessions) = (ports.profiles.clone(), ports.sessions.clone());
                    Answer::from(
                        DeactivateAccount::new(profiles, sessions, stage.clone(), stage.clone())
                            .execute_for_operator(who)
                            .await,
                    )
                })
            }
            Self::StoreDeactivate(who) => {
                let who = who.id(model);
                Call::new(moment, move |stage| async move {
                    Answer::from(stage.ports.profiles.deactivate(who).await.map(|gone| {
                        gone.map(|mut sessions| {
                            sessions.sort_unstable();
                            sessions
                        })
                    }))
                })
            }
        }
    }
}

fn rename(who: UserId, name: &str, moment: Moment) -> Call {
    let name = DisplayName::parse(name).unwrap();
    Call::new(moment, move |stage| {
        let name = name.clone();
        async move {
            let change = ChangeDisplayName::new(stage.ports.users.clone(), stage.ports.profiles.clone());
            Answer::from(change.execute(who, name).await)
        }
    })
}

fn tell(who: UserId, moment: Moment) -> Call {
    let tell = Call::new(moment, move |stage| async move {
        let tell = TellName::new(changer(&stage), stage.ports.rooms.clone(), stage.clone());
        let mut telling = NameTelling::of(who);
        Answer::from(tell.execute(&mut telling).await.map(|()| telling.told()))
    });
    tell.with_many_ids()
}

impl fmt::Debug for Profile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename(who, name) => write!(out, "{who:?} wants to be called {name:?}"),
            Self::StoreRename(who, name) => write!(out, "store: {who:?} is called {name:?}"),
            Self::Tell(who) => write!(out, "everyone is told what {who:?} is called"),
            Self::Search(who, what, limit) => write!(out, "{who:?} searches {limit} people by {what:?}"),
            Self::Deactivate(who) => write!(out, "{who:?} leaves for good"),
            Self::StoreDeactivate(who) => write!(out, "store: {who:?} is deactivated"),
        }
    }
}
