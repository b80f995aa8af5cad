//! What operations are made of: small numbers that mean something in the state in which they are performed.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use parlour_domain::{
    Fingerprint, IdempotencyClaim, IdempotencyKey, Invitees, RoomName, RoomPlan, Timestamp, Ttl, UserId,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::Model;
use crate::stage::Moment;

/// A user by the order of ids: the population first, then those who registered, then people nobody knows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Person(pub(crate) u8);

impl Person {
    pub(crate) fn id(self, model: &Model) -> UserId {
        let stranger = Moment { number: 900, racer: 0, now: Moment::beginning(), backwards: false };
        let known = model.people.get(usize::from(self.0)).map(|user| user.id);
        known.unwrap_or_else(|| UserId::from_uuid(stranger.uuid(u64::from(self.0))))
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "user {}", self.0)
    }
}

pub(crate) fn person() -> impl Strategy<Value = Person> {
    prop_oneof![12 => 0..3u8, 2 => 3..4u8, 2 => 4..8u8].prop_map(Person)
}

/// So many ids that nobody has.
pub(crate) fn strangers(many: u16, moment: Moment) -> impl Iterator<Item = UserId> {
    (0..u64::from(many)).map(move |n| UserId::from_uuid(Moment { number: 901, ..moment }.uuid(n)))
}

/// Counted from the newest: 0 is the last one, 1 the one before.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Nth(u8);

impl Nth {
    /// `None` only when there is none at all.
    pub(crate) fn of<T: Clone>(self, oldest_first: &[T]) -> Option<T> {
        let back = usize::from(self.0) % oldest_first.len().max(1);
        oldest_first.iter().rev().nth(back).cloned()
    }
}

impl fmt::Debug for Nth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => write!(out, "newest"),
            n => write!(out, "newest but {n}"),
        }
    }
}

pub(crate) fn nth() -> impl Strategy<Value = Nth> {
    prop_oneof![3 => 0..2u8, 2 => 2..12u8].prop_map(Nth)
}

/// How many things a page has at most.
pub(crate) fn limit() -> impl Strategy<Value = u32> {
    select(&[3, 1, 2, 0, 10, u32::MAX][..])
}

/// An instant seen from the present.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum When {
    Now,
    First,
    Last,
    /// So many microseconds later, or earlier when negative.
    In(i64),
}

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 24 * 60 * 60 * SECOND;

impl When {
    pub(crate) fn at(self, moment: Moment) -> Timestamp {
        const FIRST: i64 = -62_167_219_200_000_000;
        const LAST: i64 = 253_402_300_799_999_999;
        let micros = match self {
            Self::Now => moment.now.as_micros(),
            Self::First => FIRST,
            Self::Last => LAST,
            Self::In(micros) => moment.now.as_micros() + micros,
        };
        Timestamp::from_micros(micros).unwrap()
    }
}

impl fmt::Debug for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => write!(out, "now"),
            Self::First => write!(out, "the first instant"),
            Self::Last => write!(out, "the last instant"),
            Self::In(micros) => write!(out, "now{}", span(*micros)),
        }
    }
}

/// As in `+60 s`.
pub(crate) fn span(micros: i64) -> String {
    if micros % SECOND == 0 { format!("{:+} s", micros / SECOND) } else { format!("{micros:+} µs") }
}

/// Instants at which something ends exactly, and those just beside.
pub(crate) fn when() -> impl Strategy<Value = When> {
    let beside = [1, -1, 60 * SECOND, -60 * SECOND, DAY, DAY - 1, -DAY, 30 * DAY, -30 * DAY, -30 * DAY + 1];
    prop_oneof![3 => Just(When::Now), 4 => select(beside.map(When::In).to_vec()), 1 => Just(When::Last), 1 => Just(When::First)]
}

/// The room that somebody asks for.
#[derive(Clone, PartialEq)]
pub(crate) struct Wish {
    kind: Kind,
    with: Vec<Person>,
    is_named: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Direct,
    Group,
    /// For so many seconds.
    Ephemeral(i64),
}

impl Wish {
    /// `None` when nobody is left to invite.
    pub(crate) fn plan(&self, creator: UserId, model: &Model) -> Option<RoomPlan> {
        let mut with = Vec::new();
        for id in self.with.iter().map(|person| person.id(model)) {
            if id != creator && !with.contains(&id) {
                with.push(id);
            }
        }
        if self.kind == Kind::Direct {
            with.truncate(1);
        }
        let invitees = Invitees::parse(creator, with).ok()?;
        let name = self.is_named.then(|| RoomName::parse("Tea & 🦊").unwrap());
        Some(match self.kind {
            Kind::Direct => RoomPlan::direct(invitees).unwrap(),
            Kind::Group => RoomPlan::group(invitees, name),
            Kind::Ephemeral(seconds) => RoomPlan::ephemeral(invitees, name, Ttl::parse(seconds).unwrap()),
        })
    }
}

impl fmt::Debug for Wish {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = if self.is_named && self.kind != Kind::Direct { "named " } else { "" };
        match self.kind {
            Kind::Direct => write!(out, "direct room with {:?}", self.with[0]),
            Kind::Group => write!(out, "{named}group with {:?}", self.with),
            Kind::Ephemeral(seconds) => write!(out, "{named}room for {seconds} s with {:?}", self.with),
        }
    }
}

pub(crate) fn wish() -> impl Strategy<Value = Wish> {
    let kind = prop_oneof![
        4 => Just(Kind::Direct),
        3 => Just(Kind::Group),
        3 => select(&[60, 90, 86_400, 2_592_000][..]).prop_map(Kind::Ephemeral),
    ];
    let with = proptest::collection::vec(person(), 1..=4);
    (kind, with, any::<bool>()).prop_map(|(kind, with, is_named)| Wish { kind, with, is_named })
}

/// What a client calls a request.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Key(u8);

impl Key {
    /// Names that a store without an eye for the case would take for one.
    pub(crate) fn name(self) -> IdempotencyKey {
        IdempotencyKey::parse(["key", "KEY", "other"][usize::from(self.0)]).unwrap()
    }

    pub(crate) fn claim(self, plan: &RoomPlan) -> IdempotencyClaim {
        let mut hasher = DefaultHasher::new();
        format!("{plan:?}").hash(&mut hasher);
        let mut fingerprint = [0xff; 32];
        fingerprint[..8].copy_from_slice(&hasher.finish().to_be_bytes());
        IdempotencyClaim { key: self.name(), fingerprint: Fingerprint::from_bytes(fingerprint) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.name().as_str())
    }
}

pub(crate) fn key() -> impl Strategy<Value = Key> {
    (0..3u8).prop_map(Key)
}
