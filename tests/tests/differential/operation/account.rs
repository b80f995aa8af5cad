//! What people do about themselves: registering, and coming in.

use std::fmt;

use parlour_domain::port::UserRepo;
use parlour_domain::usecase::{
    Authenticate, FindUser, IssueSession, ListSessions, RegisterUser, RegisterUserError, RevokeSession,
};
use parlour_domain::{DisplayName, SESSION_LIFETIME, SessionLifetime, User, UserId, Username};
use proptest::prelude::*;
use proptest::sample::select;

use super::choice::{Nth, Person, When, limit, nth, person, strangers, when};
use crate::answer::{Answer, Call, hex};
use crate::model::Model;
use crate::stage::{Moment, token_of};

#[derive(Clone, PartialEq)]
pub(crate) enum Account {
    Register(&'static str),
    /// Past the use case: a user that is there already, with another name to show if it says so.
    InsertAgain(Person, bool),
    FindByName(&'static str),
    FindById(Person),
    /// Also so many ids that nobody has.
    FindMany(Vec<Person>, u16),
    Page(Option<Person>, u32),
    Issue(Person),
    /// Past the use case: a session that was issued before, also when it was revoked since.
    IssueAgain(Nth),
    /// A use, which moves the end of the session if it says so.
    Authenticate(Nth, bool),
    /// Past the use case.
    Extend(Nth, When),
    Sessions(Person),
    Revoke(Nth),
    RemoveExpired(When),
}

/// Names of the population in other cases and compositions, and of others.
const NAMES: [&str; 6] = ["zoe\u{308}y", "ZOËY", "Alice", "dAVID", "erika", "Erika"];

pub(super) fn account() -> impl Strategy<Value = Account> {
    prop_oneof![
        4 => register(),
        1 => (person(), any::<bool>()).prop_map(|(who, is_changed)| Account::InsertAgain(who, is_changed)),
        1 => select(&NAMES[..]).prop_map(Account::FindByName),
        1 => person().prop_map(Account::FindById),
        2 => (proptest::collection::vec(person(), 0..6), select(&[0, 3, 1_100][..]))
            .prop_map(|(who, strangers)| Account::FindMany(who, strangers)),
        1 => (proptest::option::of(person()), limit()).prop_map(|(after, limit)| Account::Page(after, limit)),
        4 => person().prop_map(Account::Issue),
        1 => nth().prop_map(Account::IssueAgain),
        3 => (nth(), any::<bool>()).prop_map(|(nth, is_sliding)| Account::Authenticate(nth, is_sliding)),
        1 => extend(),
        2 => person().prop_map(Account::Sessions),
        2 => nth().prop_map(Account::Revoke),
        1 => when().prop_map(Account::RemoveExpired),
    ]
}

pub(super) fn register() -> impl Strategy<Value = Account> {
    select(&NAMES[..]).prop_map(Account::Register)
}

pub(super) fn extend() -> impl Strategy<Value = Account> {
    (nth(), when()).prop_map(|(nth, when)| Account::Extend(nth, when))
}

impl Account {
    pub(super) fn call(&self, model: &Model, moment: Moment) -> Call {
        match self {
            Self::Register(name) => register_user(moment, name),
            Self::InsertAgain(who, is_changed) => insert_again(*who, *is_changed, model, moment),
            Self::FindByName(name) => {
                let name = Username::parse(name).unwrap();
                Call::new(moment, move |stage| {
                    let name = name.clone();
                    async move { Answer::from(FindUser::new(stage.ports.users.clone()).by_username(&name).await) }
                })
            }
            Self::FindById(who) => {
                let id = who.id(model);
                Call::new(moment, move |stage| async move {
                    Answer::from(FindUser::new(stage.ports.users.clone()).by_id(id).await)
                })
            }
            Self::FindMany(who, strangers) => find_many(who, *strangers, model, moment),
            Self::Page(after, limit) => {
                let (after, limit) = (after.map(|who| who.id(model)), *limit);
                Call::new(moment, move |stage| async move {
                    Answer::from(FindUser::new(stage.ports.users.clone()).page(after, limit).await)
                })
            }
            Self::Issue(who) => issue(who.id(model), moment),
            Self::IssueAgain(nth) => {
                let Some(issued) = nth.of(&model.sessions()) else { return Call::nothing(moment) };
                let session = model.stored_session(&issued).unwrap_or(issued);
                Call::new(moment, move |stage| {
                    let session = session.clone();
                    async move { Answer::from(stage.ports.sessions.insert(session).await) }
                })
            }
            Self::Authenticate(nth, is_sliding) => {
                let Some(session) = nth.of(&model.sessions()) else { return Call::nothing(moment) };
                let sliding = SessionLifetime::sliding(SESSION_LIFETIME, SESSION_LIFETIME * 2);
                let lifetime = if *is_sliding { sliding } else { SessionLifetime::default() };
                Call::new(moment, move |stage| async move {
                    let authenticate = Authenticate::new(stage.ports.sessions.clone(), stage.clone());
                    let authenticate = authenticate.with_lifetime(lifetime);
                    Answer::from(authenticate.execute(&token_of(session.id).into()).await)
                })
            }
            Self::Extend(nth, end) => {
                let Some(session) = nth.of(&model.sessions()) else { return Call::nothing(moment) };
                let end = end.at(moment);
                Call::new(moment, move |stage| async move {
                    Answer::from(stage.ports.sessions.extend(session.id, end).await)
                })
            }
            Self::Sessions(who) => {
                let id = who.id(model);
                Call::new(moment, move |stage| async move {
                    let list = ListSessions::new(stage.ports.sessions.clone(), stage.clone());
                    Answer::sessions(list.execute(id).await)
                })
            }
            Self::Revoke(nth) => {
                let Some(session) = nth.of(&model.sessions()) else { return Call::nothing(moment) };
                Call::new(moment, move |stage| async move {
                    let revoke = RevokeSession::new(stage.ports.sessions.clone(), stage.clone());
                    Answer::from(revoke.execute(session.id).await)
                })
            }
            Self::RemoveExpired(when) => {
                let at = when.at(moment);
                Call::new(
                    moment,
                    move |stage| async move { Answer::from(stage.ports.sessions.remove_expired(at).await) },
                )
            }
        }
    }
}

fn register_user(moment: Moment, name: &str) -> Call {
    let (name, shown) = (Username::parse(name).unwrap(), DisplayName::parse(name).unwrap());
    Call::new(moment, move |stage| {
        let (name, shown) = (name.clone(), shown.clone());
        async move {
            let register = RegisterUser::new(stage.ports.users.clone(), stage.clone(), stage.clone());
            let outcome: Result<User, RegisterUserError> = register.execute(name, shown).await;
            Answer::from(outcome)
        }
    })
}

fn insert_again(who: Person, is_changed: bool, model: &Model, moment: Moment) -> Call {
    let Some(mut user) = model.people.get(usize::from(who.0)).cloned() else { return Call::nothing(moment) };
    if is_changed {
        user.display_name = DisplayName::parse("somebody else").unwrap();
    }
    Call::new(moment, move |stage| {
        let user = user.clone();
        async move { Answer::from(UserRepo::insert(&*stage.ports.users, user).await) }
    })
}

fn find_many(who: &[Person], unknown: u16, model: &Model, moment: Moment) -> Call {
    let ids: Vec<UserId> = strangers(unknown, moment).chain(who.iter().map(|who| who.id(model))).collect();
    Call::new(moment, move |stage| {
        let ids = ids.clone();
        async move {
            Answer::from(stage.ports.users.find_many(&ids).await.map(|mut users| {
                users.sort_by_key(|user| user.id);
                users
            }))
        }
    })
}

fn issue(user: UserId, moment: Moment) -> Call {
    Call::new(moment, move |stage| async move {
        let (users, sessions) = (stage.ports.users.clone(), stage.ports.sessions.clone());
        let issue = IssueSession::new(users, sessions, stage.clone(), stage.clone());
        let issued = issue.execute(user).await;
        let spelled_out = issued.map(|issued| {
            let hash = hex(issued.session.token_hash.as_bytes());
            (issued.session, hash, issued.token.reveal())
        });
        Answer::from(spelled_out)
    })
}

impl fmt::Debug for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register(name) => write!(out, "somebody registers as {name}"),
            Self::InsertAgain(who, false) => write!(out, "{who:?} is inserted again"),
            Self::InsertAgain(who, true) => write!(out, "{who:?} is inserted again with another name to show"),
            Self::FindByName(name) => write!(out, "{name} is looked for"),
            Self::FindById(who) => write!(out, "{who:?} is looked for"),
            Self::FindMany(who, strangers) => write!(out, "{who:?} and {strangers} strangers are looked for"),
            Self::Page(after, limit) => write!(out, "{limit} users after {after:?} are listed"),
            Self::Issue(who) => write!(out, "a session is issued to {who:?}"),
            Self::IssueAgain(nth) => write!(out, "the {nth:?} session is inserted again"),
            Self::Authenticate(nth, false) => write!(out, "somebody calls with the token of the {nth:?} session"),
            Self::Authenticate(nth, true) => {
                write!(out, "somebody calls with the token of the {nth:?} session, whose end slides")
            }
            Self::Extend(nth, end) => write!(out, "store: the {nth:?} session is extended to {end:?}"),
            Self::Sessions(who) => write!(out, "the sessions of {who:?} are listed"),
            Self::Revoke(nth) => write!(out, "the {nth:?} session is revoked"),
            Self::RemoveExpired(when) => write!(out, "sessions that end by {when:?} are removed"),
        }
    }
}
